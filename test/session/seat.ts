import type { Call } from "../../src/model/call.ts";
import { CtiError, toCtiError } from "../../src/model/errors.ts";
import type { CtiEventBody, CtiEventType } from "../../src/model/events.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { Secret } from "../../src/platform/secret.ts";
import type { InteractionStore, Session } from "../../src/session/contract.ts";
import { createSession } from "../../src/session/session.ts";
import type { startSimulator } from "../../src/simulator/start.ts";

type Simulator = Awaited<ReturnType<typeof startSimulator>>;

/** A session against a whole simulated Finesse over real TLS, with a way to wait for what it tells. */
export class Seat {
  readonly events: CtiEventBody[] = [];
  readonly session: Session;
  #waiting: { matches: (event: CtiEventBody) => boolean; resolve: (event: CtiEventBody) => void }[] = [];
  readonly #kept = new Map<string, { call: Call; phase: string }>();
  #cause = 0;

  constructor(simulator: Simulator, agent: string, extension: string, password = "secret") {
    const interactions: InteractionStore = {
      find: (_agent, dialog) => this.#kept.get(dialog)?.call.interaction,
      keep: (_agent, call, phase) => void this.#kept.set(call.id, { call, phase }),
      open: () => [],
    };
    this.session = createSession({
      settings: {
        agent,
        extension,
        finesse: [simulator.nodes[0]?.rest ?? ""],
        ca: [{ path: "memory", pem: simulator.caPem }],
        insecure: false,
        resolve: [],
        unattended: { then: "keep", after: 60 },
        defaultReasons: {},
        timeout: 5,
      },
      password: new Secret(password),
      emit: (event) => {
        this.events.push(event);
        const due = this.#waiting.filter(({ matches }) => matches(event));
        this.#waiting = this.#waiting.filter((waiting) => !due.includes(waiting));
        for (const { resolve } of due) resolve(event);
      },
      interactions,
      clock: systemClock,
      random: Math.random,
    });
  }

  next(type: CtiEventType, matches: (event: CtiEventBody) => boolean = () => true): Promise<CtiEventBody> {
    return new Promise((resolve) =>
      this.#waiting.push({ matches: (event) => event.type === type && matches(event), resolve }),
    );
  }

  /** The outcome in a word; `throws CODE` when nothing was sent. */
  async do(command: Parameters<Session["execute"]>[0]): Promise<string> {
    const context = { cause: `c-${++this.#cause}`, timeout: 5000 };
    const outcome = await this.session.execute(command, context).catch((error: unknown) => toCtiError(error));
    if (outcome instanceof CtiError) return `throws ${outcome.code}`;
    return outcome.outcome === "refused" ? `refused ${outcome.refusal?.type}` : outcome.outcome;
  }

  login() {
    return this.session.login({ cause: "c-login", timeout: 5000 });
  }

  calls(): Call[] {
    return this.session.status().calls;
  }

  /** Resolves once `holds` is true, looked at after every event. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#waiting.push({ matches: () => true, resolve: () => resolve() });
      });
    }
  }
}
