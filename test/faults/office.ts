import { CommandMemory } from "../../src/connector/command-memory.ts";
import { openConnectorStore } from "../../src/connector/database.ts";
import { nextBoot } from "../../src/connector/event-id.ts";
import { EventLog } from "../../src/connector/event-log.ts";
import type { Credentials } from "../../src/connector/guardian-link.ts";
import { Interactions } from "../../src/connector/interactions.ts";
import { Journal } from "../../src/connector/journal.ts";
import { Registry } from "../../src/connector/registry.ts";
import { CtiError } from "../../src/model/errors.ts";
import type { Clock } from "../../src/platform/clock.ts";
import { Redactor } from "../../src/platform/redact.ts";
import type { FinesseAccess } from "../../src/session/connection.ts";
import { createSession } from "../../src/session/session.ts";
import type { Chance } from "./chance.ts";
import { Lifetime } from "./stepped-clock.ts";
import type { Story } from "./story.ts";

export interface OfficeParts {
  clock: Clock;
  chance: Chance;
  story: Story;
  /** How the sessions of one worker reach Finesse. */
  access(life: Lifetime): FinesseAccess;
}

export interface Worker {
  life: Lifetime;
  registry: Registry;
  /** The worker dies instead of using its database for the nth time from now. */
  fuse: number | undefined;
}

/**
 * The connector as one office: a guardian that outlives its workers, and the worker of the moment, made of the real parts (registry,
 * sessions, journal, interactions, command memory) on simulated time, network and Finesse.
 */
export class Office {
  readonly #parts: OfficeParts;
  readonly #folder: string;
  readonly #kept = new Map<string, Credentials>();
  worker: Worker | undefined;
  /** Called with each worker that is up. */
  onWorker: (worker: Worker) => void = () => {};
  /** Called when one died. */
  onDeath: () => void = () => {};

  constructor(parts: OfficeParts, folder: string) {
    this.#parts = parts;
    this.#folder = folder;
  }

  start(): void {
    const { clock, chance, story } = this.#parts;
    const life = new Lifetime(clock);
    const store = openConnectorStore(this.#folder, (message) => story.tell("store", message));
    const use = store.attempt.bind(store);
    store.attempt = (work) => {
      if (worker?.fuse !== undefined && --worker.fuse <= 0) life.kill();
      return life.alive ? use(work) : undefined;
    };
    let worker: Worker | undefined = undefined as Worker | undefined;
    const { random } = chance;
    const recordVariables = true;
    const interactions = new Interactions({ store, clock: life, recordVariables });
    const events = new EventLog({
      journal: new Journal({ store, riders: [interactions], recordVariables }),
      boot: nextBoot(store, clock.now()),
      clock: life,
    });
    const registry = new Registry({
      createSession: (session) => createSession(session, this.#parts.access(life)),
      keeper: {
        remember: (credentials) => {
          if (life.alive) this.#kept.set(credentials.settings.agent, credentials);
        },
        forget: (agent) => {
          if (life.alive) this.#kept.delete(agent);
        },
      },
      events,
      interactions,
      memory: new CommandMemory(store, life),
      store,
      trace: () => {},
      redactor: new Redactor(),
      processes: () => undefined,
      clock: life,
      random,
      log: { write: (_level, message, agent) => story.tell(agent ?? "log", message) },
      onChange: () => {},
      notSignedIn: (agent) =>
        new CtiError({ code: "not-signed-in", message: `agent ${agent} is not signed in here` }),
    });
    events.listen((event) => {
      if (life.alive) story.tell(event.agent ?? "-", `event ${summary(event)}`);
    });
    worker = { life, registry, fuse: undefined };
    this.worker = worker;
    life.onDeath(() => {
      if (worker !== undefined) worker.fuse = undefined;
      story.tell("worker", "killed");
      story.count("fault: worker killed");
      store.close();
      this.worker = undefined;
      this.onDeath();
      clock.after(chance.between(150, 4_000), () => {
        story.tell("guardian", "starts a worker");
        this.start();
      });
    });
    registry.resume([...this.#kept.values()]);
    this.onWorker(worker);
  }

  /** Who is to be signed in again after a restart. */
  get kept(): string[] {
    return [...this.#kept.keys()];
  }
}

function summary(event: { type: string }): string {
  const { type, call, state, error, cause, previous, estimated } = event as {
    type: string;
    call?: { id: string; interaction: string; state: string };
    state?: { state: string; pendingState?: string };
    error?: { code: string };
    cause?: string;
    previous?: string;
    estimated?: boolean;
  };
  const parts = [
    type,
    call && `${call.id} ${call.state} ${call.interaction.slice(-6)}`,
    state && `${previous ?? "?"} → ${state.state}${state.pendingState ? ` (${state.pendingState})` : ""}`,
    error?.code,
    estimated && "estimated",
    cause && `[${cause}]`,
  ];
  return parts.filter((part) => part !== undefined && part !== false).join(" ");
}
