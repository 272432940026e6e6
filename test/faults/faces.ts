import type { AgentCommand, Outcome } from "../../src/model/commands.ts";
import { toCtiError } from "../../src/model/errors.ts";
import type { Clock } from "../../src/platform/clock.ts";
import type { SessionSettings } from "../../src/model/settings.ts";
import type { Chance } from "./chance.ts";
import type { Office, Worker } from "./office.ts";
import type { Story } from "./story.ts";

export type Wish = AgentCommand | { verb: "login" };

/** A command as the one who gave it sees it. */
export interface Asking {
  agent: string;
  wish: Wish;
  key: string;
  from: number;
  /** `lost`: the connector died under it and nobody asked again. */
  result:
    | { kind: "outcome"; outcome: Outcome; at: number }
    | { kind: "error"; code: string; message: string; at: number }
    | { kind: "lost"; at: number }
    | undefined;
  /** Asked again after a restart of the connector. */
  repeated: boolean;
}

export function settingsOf(agent: string): SessionSettings {
  return {
    agent,
    extension: String(Number(agent) + 1000),
    finesse: ["https://simulated:8445"],
    ca: [],
    insecure: false,
    resolve: [],
    unattended: { then: "keep", after: 60 },
    defaultReasons: {},
    timeout: 10,
  };
}

interface FacesParts {
  clock: Clock;
  story: Story;
}

/** Gives commands to the connector as a face does: with an idempotency key, and once more when the connector died meanwhile. */
export class Faces {
  readonly #parts: FacesParts;
  readonly #settings: (agent: string) => SessionSettings;
  readonly #office: Office;
  readonly #chance: Chance;
  readonly askings: Asking[] = [];
  readonly #open = new Set<Asking>();
  #last = 0;

  constructor(
    parts: FacesParts,
    office: Office,
    chance: Chance,
    settings: (agent: string) => SessionSettings,
  ) {
    this.#parts = parts;
    this.#settings = settings;
    this.#office = office;
    this.#chance = chance;
    office.onDeath = () => {
      for (const asking of this.#open)
        if (asking.repeated || this.#chance.happens(0.4))
          this.#settle(asking, { kind: "lost", at: this.#now() });
    };
    office.onWorker = (worker) => {
      for (const asking of this.#open) {
        asking.repeated = true;
        this.#parts.story.tell(asking.agent, `asks again: ${asking.key}`);
        this.#give(worker, asking);
      }
    };
  }

  get open(): readonly Asking[] {
    return [...this.#open];
  }

  ask(agent: string, wish: Wish): void {
    const { worker } = this.#office;
    if (worker === undefined) return;
    const key = `k-${++this.#last}`;
    const asking: Asking = { agent, wish, key, from: this.#now(), result: undefined, repeated: false };
    this.askings.push(asking);
    this.#open.add(asking);
    this.#parts.story.tell(agent, `asks ${JSON.stringify(wish)} (${key})`);
    this.#parts.story.count("commands");
    this.#give(worker, asking);
  }

  #give(worker: Worker, asking: Asking): void {
    const { agent, wish, key } = asking;
    const timeout = 3 + (asking.from % 9);
    const answer =
      wish.verb === "login"
        ? worker.registry.login(agent, {
            settings: this.#settings(agent),
            password: "secret",
            idempotencyKey: key,
            timeout,
          })
        : worker.registry.command(agent, { command: wish, idempotencyKey: key, timeout });
    answer.then(
      (outcome) => {
        if (worker.life.alive) this.#settle(asking, { kind: "outcome", outcome, at: this.#now() });
      },
      (thrown: unknown) => {
        const { code, message, why } = toCtiError(thrown);
        if (worker.life.alive)
          this.#settle(asking, {
            kind: "error",
            code,
            message: why === undefined ? message : `${message}: ${why}`,
            at: this.#now(),
          });
      },
    );
  }

  #settle(asking: Asking, result: NonNullable<Asking["result"]>): void {
    if (!this.#open.delete(asking)) return;
    asking.result = result;
    const { story } = this.#parts;
    if (result.kind === "outcome") {
      const { outcome, message, cause } = result.outcome;
      story.count(`outcome ${outcome}`);
      story.tell(asking.agent, `${asking.wish.verb} (${asking.key}) ${outcome} [${cause}]: ${message}`);
    } else {
      story.count(result.kind === "error" ? `error ${result.code}` : "answer lost with the connector");
      story.tell(
        asking.agent,
        `${asking.wish.verb} (${asking.key}) ${result.kind === "error" ? `${result.code}: ${result.message}` : "lost"}`,
      );
    }
  }

  #now(): number {
    return this.#parts.clock.now();
  }
}
