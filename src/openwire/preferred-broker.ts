import type { Clock } from "../platform/clock.ts";
import type { Link } from "./link.ts";

export interface PreferredBrokerOptions {
  clock: Clock;
  /** The link in use. */
  present: () => Link | undefined;
  /** A link to the preferred broker. */
  open: () => Promise<Link>;
  /** False while a change of brokers would undo something. */
  mayMove: () => boolean;
  move: (from: Link, to: Link) => void;
}

/** Milliseconds between two looks. */
const pause = 5000;

/** `priorityBackup`: a connection to a broker further down the list goes back to the first one when that is there again. */
export class PreferredBroker {
  readonly #options: PreferredBrokerOptions;
  #cancel: () => void = () => {};

  constructor(options: PreferredBrokerOptions) {
    this.#options = options;
  }

  /** Looks for it as long as `from` is the link in use. */
  lookFor(from: Link): void {
    const { clock, present, open, mayMove } = this.#options;
    this.#cancel();
    this.#cancel = clock.after(pause, () => {
      if (!mayMove()) return this.lookFor(from);
      open().then(
        (to) => this.#found(from, to),
        () => {
          if (present() === from) this.lookFor(from);
        },
      );
    });
  }

  stop(): void {
    this.#cancel();
  }

  #found(from: Link, to: Link): void {
    const { present, mayMove, move } = this.#options;
    const wanted = present() === from && !to.isOver;
    if (wanted && mayMove()) return move(from, to);
    to.close();
    if (present() === from) this.lookFor(from);
  }
}
