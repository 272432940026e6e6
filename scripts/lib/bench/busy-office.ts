import type { Stage } from "../stage.ts";

/** Makes a connector's agents change, as fast as it is told: events for whoever follows. */
export class BusyOffice {
  readonly #stage: Stage;
  readonly #agents: number[];
  readonly #dialog: string;
  #running = true;
  #done: Promise<unknown> = Promise.resolve();

  /** @param agents who go READY and NOT_READY; @param dialog whose data changes, of agent 1001 */
  constructor(stage: Stage, agents: number[], dialog: string) {
    this.#stage = stage;
    this.#agents = agents;
    this.#dialog = dialog;
  }

  /** So many changes a second, half of them of the call. */
  start(perSecond: number): void {
    const pause = 2000 / perSecond;
    this.#done = Promise.all([
      this.#paced(pause, (turn) => {
        const agent = this.#agents[turn % this.#agents.length] ?? 0;
        const state = Math.floor(turn / this.#agents.length) % 2 === 0 ? "READY" : "NOT_READY";
        return this.#put(agent, `User/${agent}`, `<User><state>${state}</state></User>`);
      }),
      this.#paced(pause, (turn) =>
        this.#put(
          1001,
          `Dialog/${this.#dialog}`,
          `<Dialog><requestedAction>UPDATE_CALL_DATA</requestedAction><mediaProperties><callvariables><CallVariable><name>callVariable3</name><value>${turn}</value></CallVariable></callvariables></mediaProperties></Dialog>`,
        ),
      ),
    ]);
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  /** Without waiting for one answer before the next question: the pace is what was asked for. */
  async #paced(pause: number, change: (turn: number) => Promise<void>): Promise<void> {
    const from = performance.now();
    const open = new Set<Promise<void>>();
    for (let turn = 0; this.#running; turn++) {
      const one = change(turn).finally(() => open.delete(one));
      open.add(one);
      const wait = from + (turn + 1) * pause - performance.now();
      if (wait > 0) await Bun.sleep(wait);
      else if (open.size > 50) await Promise.race(open);
    }
    await Promise.all(open);
  }

  async #put(agent: number, path: string, body: string): Promise<void> {
    const response = await fetch(`${this.#stage.rest}/finesse/api/${path}`, {
      method: "PUT",
      headers: {
        Authorization: `Basic ${btoa(`${agent}:${this.#stage.env.CTI_PASSWORD}`)}`,
        "Content-Type": "application/xml",
      },
      body,
      // The simulator's own authority, made a moment ago.
      tls: { rejectUnauthorized: false },
    });
    if (!response.ok) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  }
}
