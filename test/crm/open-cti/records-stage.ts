import { CallRecords, type RecordWriter } from "../../../src/crm/open-cti/records.ts";
import type { CallLog, Match } from "../../../src/crm/open-cti/contract.ts";
import { CtiError } from "../../../src/model/errors.ts";
import type { Call } from "../../../src/model/call.ts";
import type { CtiEvent } from "../../../src/model/events.ts";
import type { Delivery, SendResult } from "../../../src/crm/adapter.ts";
import { FakeCrm, type Life, Stage, turn } from "../outbox/stage.ts";

/** How Salesforce takes the next writes: `lost` takes them and the answer does not come; `hung` takes them and nothing comes at all. */
export type Mood = "up" | "down" | "lost" | "hung" | "refuses";

export interface Task {
  id: string;
  log: CallLog;
  writes: number;
}

/** A CRM in which records are found by their callObject, as by its REST interface. */
export class FakeOrg implements RecordWriter {
  readonly tasks = new Map<string, Task>();
  mood: Mood = "up";
  people: Match[] = [];
  /** What searches alone meet. */
  search: CtiError | undefined;
  #count = 0;

  waitsFor(): undefined {
    return undefined;
  }

  async lookUp(): Promise<Match[]> {
    this.#answers();
    if (this.search !== undefined) throw this.search;
    return this.people;
  }

  async write(log: CallLog, recordId: string | undefined): Promise<string> {
    const { mood } = this;
    if (mood === "refuses")
      throw new CtiError({ code: "refused", message: "a validation rule", details: { retry: false } });
    if (mood === "down") throw away();
    const known =
      recordId === undefined
        ? [...this.tasks.values()].find((task) => task.log.callObject === log.callObject)
        : this.tasks.get(recordId);
    const task = known ?? { id: `00T${++this.#count}`, log, writes: 0 };
    this.tasks.set(task.id, { ...task, log: structuredClone(log), writes: task.writes + 1 });
    await Promise.resolve();
    this.#answers();
    if (mood === "hung") await new Promise(() => {});
    return task.id;
  }

  of(callObject: string): Task[] {
    return [...this.tasks.values()].filter(({ log }) => log.callObject === callObject);
  }

  #answers(): void {
    if (this.mood === "down" || this.mood === "lost") throw away();
  }
}

function away(): CtiError {
  return new CtiError({ code: "salesforce-unreachable", message: "Salesforce cannot be reached" });
}

class RecordsCrm extends FakeCrm {
  records: CallRecords | undefined;

  override send(delivery: Delivery, signal: AbortSignal): Promise<SendResult> {
    this.seen.push(delivery);
    return this.records?.send(delivery, signal) ?? Promise.resolve({ result: "retry", why: "not ready" });
  }
}

export const extension = "42001";

/** Lives of the connector, one after the other, beside one org. */
export class RecordsStage {
  readonly org = new FakeOrg();
  readonly settings: { logAt: "answer" | "end"; logMissed: boolean; keepRecords: number };
  readonly #mostOwed: number | undefined;
  readonly changed: string[] = [];
  readonly logged: string[] = [];
  readonly #stage = new Stage();
  sessions = true;
  life: Life;
  records: CallRecords;

  constructor({ mostOwed, ...settings }: Partial<RecordsStage["settings"]> & { mostOwed?: number } = {}) {
    this.#mostOwed = mostOwed;
    this.settings = { logAt: "end", logMissed: false, keepRecords: 86_400_000, ...settings };
    [this.life, this.records] = this.#live();
  }

  /** The worker is killed, and starts again a second later. */
  kill(): void {
    [this.life, this.records] = this.#live(this.life);
  }

  tell(
    type: "call.started" | "call.changed" | "call.released" | "call.ended",
    call: Call,
    more = {},
  ): CallLog | undefined {
    const at = new Date(this.life.clock.now()).toISOString();
    const event = {
      id: "1-1",
      at,
      agent: "1001",
      cause: undefined,
      type,
      call: { ...call, stateSince: at },
      ...more,
    } as unknown as CtiEvent;
    let begun: CallLog | undefined;
    this.life.owe((out) => {
      begun = this.records.owe(event, out);
    });
    return begun;
  }

  /** Whatever is due is tried, for a while. */
  async settle(seconds = 1): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.life.clock.advance(1000);
      await turn();
    }
  }

  close(): void {
    this.#stage.remove();
  }

  #live(before?: Life): [Life, CallRecords] {
    const crm = new RecordsCrm();
    const life = this.#stage.live({ crm, begun: false }, before);
    const { deliveries, clock } = life;
    const records = new CallRecords({
      settings: this.settings,
      writer: this.org,
      onChange: (agent) => this.changed.push(agent),
      ...(this.#mostOwed !== undefined && { mostOwed: this.#mostOwed }),
      port: {
        clock,
        log: (_, words) => this.logged.push(words),
        owe: life.owe,
        wake: (key) => deliveries.wake(crm.name, key),
        status: (agent) => (this.sessions ? ({ agent, extension } as never) : undefined),
      },
    });
    records.load(deliveries.kept(crm.name));
    crm.records = records;
    deliveries.begin(crm);
    return [life, records];
  }
}
