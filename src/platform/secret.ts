import { inspect } from "node:util";

/** A password or token in memory. Printing, logging or serialising it shows a mask; only `reveal()` gives the text. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return "•••";
  }

  toJSON(): string {
    return "•••";
  }

  [inspect.custom](): string {
    return "Secret(•••)";
  }
}
