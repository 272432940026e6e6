import type { Update } from "../finesse/contract.ts";
import type { Agent } from "../model/agent.ts";
import type { Dialog } from "../model/dialog.ts";
import { CtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Connection } from "./connection.ts";
import { readAgent } from "./connection.ts";

/** Milliseconds for which news waits for a re-read; a ringing phone must not wait for a slow answer. */
const holdTime = 300;
/** After so many answers that news had overtaken, the next one is waited for with the news held back. */
const impatientReads = 2;

export interface ReaderOptions {
  clock: Clock;
  /** Takes one notification. */
  apply(update: Update): void;
  /** Takes the agent as read. */
  take(user: Agent, dialogs: Dialog[]): void;
  isClosed(): boolean;
}

interface Hold {
  updates: Update[];
  /** The news was let through before the answer came. */
  letGo: boolean;
  /** Some news was. */
  overtaken: boolean;
  cancel(): void;
}

/**
 * Re-reads of the agent, and the order between them and the notifications that arrive meanwhile: these are applied after the answer, which
 * may be older than they are. When the answer takes long they are applied at once, and an answer that they have overtaken is asked again.
 */
export class Reader {
  readonly #options: ReaderOptions;
  #hold: Hold | undefined;
  #reading: Promise<void> | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  onUpdate(update: Update): void {
    const hold = this.#hold;
    if (hold !== undefined && !hold.letGo) {
      hold.updates.push(update);
      return;
    }
    if (hold !== undefined) hold.overtaken = true;
    this.#options.apply(update);
  }

  /** Reads the agent whole. One at a time; whoever asks during one waits for it, then for one of their own. */
  async read(connection: Connection): Promise<void> {
    while (this.#reading !== undefined) await this.#reading.catch(() => undefined);
    this.#reading = this.#untilCurrent(connection);
    try {
      await this.#reading;
    } finally {
      this.#reading = undefined;
    }
  }

  async #untilCurrent(connection: Connection): Promise<void> {
    for (let reads = 0; ; reads++) {
      if (await this.#readOnce(connection, reads < impatientReads)) return;
    }
  }

  /** False when news has overtaken the answer, which then was thrown away. */
  async #readOnce(connection: Connection, impatient: boolean): Promise<boolean> {
    const hold = this.#begin(impatient);
    try {
      const { user, dialogs } = await readAgent(connection);
      if (this.#options.isClosed())
        throw new CtiError({ code: "session-lost", message: "the session was closed" });
      if (hold.overtaken) return false;
      this.#options.take(user, dialogs);
      return true;
    } finally {
      hold.cancel();
      this.#hold = undefined;
      this.#release(hold);
    }
  }

  #begin(impatient: boolean): Hold {
    const hold: Hold = { updates: [], letGo: false, overtaken: false, cancel: () => {} };
    if (impatient) {
      hold.cancel = this.#options.clock.after(holdTime, () => {
        hold.letGo = true;
        if (hold.updates.length > 0) hold.overtaken = true;
        this.#release(hold);
      });
    }
    this.#hold = hold;
    return hold;
  }

  #release(hold: Hold): void {
    const { updates } = hold;
    hold.updates = [];
    // After close the agent may have another session, which tells what happens.
    if (!this.#options.isClosed()) for (const update of updates) this.#options.apply(update);
  }
}
