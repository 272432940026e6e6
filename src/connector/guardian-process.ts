import { type ErrorData, CtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { secretFamily } from "../platform/config-settings.ts";
import { selfCommand } from "../platform/self-command.ts";
import {
  type AdaptersStart,
  type ConnectorArguments,
  type Credentials,
  formatArguments,
  type GuardianMessage,
  readMessages,
  type WorkerMessage,
} from "./guardian-link.ts";
import { restartDelay } from "./restart-delay.ts";

export interface GuardianOptions {
  options: ConnectorArguments;
  clock: Clock;
  log: Log;
  adapters?: AdaptersStart;
  /** The worker serves for the first time. */
  serving: () => void;
}

type Worker = Bun.Subprocess<"pipe", "pipe", "inherit">;

/**
 * A connector in the background serves the agents of one person: it compiles little of itself, which saves it a tenth of its memory and
 * leaves it fast enough for hundreds of events a second. `cti serve` is not held back. These are options of Bun's JavaScript engine.
 */
const smallWorker = {
  BUN_JSC_useDFGJIT: "0",
  BUN_JSC_thresholdForJITAfterWarmUp: "5000",
  BUN_JSC_thresholdForJITSoon: "1000",
};

/** Milliseconds that a worker gets to end by itself. */
const stopPatience = 8000;

/** Keeps one worker alive and remembers the credentials of its agents. Knows nothing of Finesse, sockets or files. */
export class GuardianProcess {
  readonly #given: GuardianOptions;
  readonly #agents = new Map<string, Credentials>();
  readonly #startedAt: string;
  #worker: Worker | undefined;
  #restarts = 0;
  #quickDeaths = 0;
  #stopping = false;
  #served = false;
  #failure: ErrorData | undefined;
  #wake: (() => void) | undefined;

  constructor(given: GuardianOptions) {
    this.#given = given;
    this.#startedAt = new Date(given.clock.now()).toISOString();
  }

  /** Resolves when the worker has ended as asked. Throws what a worker says that keeps it from working here. */
  async run(): Promise<void> {
    const { clock, log } = this.#given;
    while (!this.#stopping) {
      const begin = clock.now();
      const worker = this.#spawn();
      this.#worker = worker;
      // Its last words count too: they say whether it ended as asked.
      const [code] = await Promise.all([worker.exited, this.#listen(worker)]);
      this.#worker = undefined;
      if (this.#failure !== undefined) throw new CtiError(this.#failure);
      if (this.#stopping) return;
      this.#restarts += 1;
      const { delay, quickDeaths } = restartDelay(clock.now() - begin, this.#quickDeaths);
      this.#quickDeaths = quickDeaths;
      log.write(
        "error",
        `the worker ended (${worker.signalCode ?? `code ${code}`}): restart ${this.#restarts}${delay === 0 ? " now" : ` in ${delay} ms`}, ${this.#agents.size} agents kept`,
      );
      if (delay > 0) await this.#pause(delay);
    }
  }

  /** Asks the worker to end; it is made to after a while. */
  stop(): void {
    this.#stopping = true;
    this.#wake?.();
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#send(worker, { type: "stop" });
    const cancel = this.#given.clock.after(stopPatience, () => worker.kill("SIGKILL"));
    void worker.exited.then(cancel);
  }

  #spawn(): Worker {
    const { options, adapters } = this.#given;
    const worker = Bun.spawn([...selfCommand(), "__worker", ...formatArguments(options)], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
      // A Ctrl-C at the terminal of `cti serve` is for the guardian, which ends the worker in order.
      detached: true,
      env: { ...withoutSecrets(process.env), ...(options.foreground ? {} : smallWorker) },
    });
    this.#send(worker, {
      type: "start",
      agents: [...this.#agents.values()],
      restarts: this.#restarts,
      guardianPid: process.pid,
      startedAt: this.#startedAt,
      ...(adapters !== undefined && { adapters }),
    });
    return worker;
  }

  #listen(worker: Worker): Promise<void> {
    return readMessages<WorkerMessage>(
      worker.stdout,
      (message) => this.#take(message),
      (line) => this.#given.log.write("warn", `worker said: ${line}`),
    );
  }

  #take(message: WorkerMessage): void {
    switch (message.type) {
      case "serving":
        if (!this.#served) this.#given.serving();
        this.#served = true;
        break;
      case "failed":
        // Once it has served, whatever stands in the way now may go again: keep the credentials and try on.
        if (!this.#served) this.#failure = message.error;
        else this.#given.log.write("error", `the worker cannot serve: ${message.error.message}`);
        break;
      case "stopping":
        this.#stopping = true;
        break;
      case "remember":
        this.#agents.set(message.settings.agent, { settings: message.settings, password: message.password });
        break;
      case "forget":
        this.#agents.delete(message.agent);
        break;
    }
  }

  #send(worker: Worker, message: GuardianMessage): void {
    try {
      void worker.stdin.write(`${JSON.stringify(message)}\n`);
      void worker.stdin.flush();
    } catch {
      // It has just died; `run` sees that.
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    const { clock } = this.#given;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(milliseconds, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
    this.#wake = undefined;
  }
}

/** The worker is told all it needs: what `ps` shows of it need not hold a password. */
function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const {
    CTI_PASSWORD: _password,
    CTI_GC_BROKER_PASSWORD: _broker,
    CTI_GC_PASSWORD_KEY: _key,
    CTI_SALESFORCE_KEY: _salesforce,
    ...rest
  } = environment;
  return Object.fromEntries(Object.entries(rest).filter(([name]) => !secretFamily.test(name)));
}
