import type { Connection } from "../../openwire/contract.ts";

type Establish = (connection: Connection) => Promise<AsyncDisposable>;

interface Wish {
  establish: Establish;
  /** On the connection there is; `undefined` also when it was refused. */
  live: Promise<AsyncDisposable | undefined>;
}

const nothing = Promise.resolve(undefined);

/** Subscriptions that are wanted on every connection there will be. */
export class Standing {
  readonly #wishes = new Set<Wish>();
  readonly #onRefused: (error: unknown) => void;
  #connection: Connection | undefined;

  constructor(onRefused: (error: unknown) => void) {
    this.#onRefused = onRefused;
  }

  /** The returned function ends it. */
  add(establish: Establish): () => void {
    const wish: Wish = { establish, live: nothing };
    this.#wishes.add(wish);
    this.#establish(wish);
    return () => {
      if (this.#wishes.delete(wish))
        void wish.live.then((live) => live?.[Symbol.asyncDispose]()).catch(() => {});
    };
  }

  /** A new connection, or none: what was on the last one has gone with it. */
  use(connection: Connection | undefined): void {
    this.#connection = connection;
    for (const wish of this.#wishes) this.#establish(wish);
  }

  /** Resolves when all of them are established or refused. */
  async settled(): Promise<void> {
    await Promise.all([...this.#wishes].map(({ live }) => live));
  }

  #establish(wish: Wish): void {
    const connection = this.#connection;
    if (connection === undefined) {
      wish.live = nothing;
      return;
    }
    wish.live = wish.establish(connection).catch((error: unknown) => {
      if (connection === this.#connection) this.#onRefused(error);
      return undefined;
    });
  }
}
