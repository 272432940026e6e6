import { CtiError } from "../../model/errors.ts";

/** Reads the fields of a JSON object one by one and tells what is wrong with them by name. Unknown fields are errors. */
export class Input {
  readonly #given: Record<string, unknown>;
  readonly #known = new Set<string>();

  constructor(body: unknown) {
    if (typeof body !== "object" || body === null || Array.isArray(body))
      throw wrong("the body must be a JSON object");
    this.#given = { ...body };
  }

  /** A text that must be there; numbers pass as their digits, since agent ids look like numbers. */
  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw wrong(`"${name}" is missing`);
    return value;
  }

  optionalText(name: string): string | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value === "number") return String(value);
    if (typeof value !== "string" || value === "") throw wrong(`"${name}" must be a text`);
    return value;
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0)
      throw wrong(`"${name}" must be a number, 0 or more`);
    return value;
  }

  /** As `optionalNumber`, below 0 too. */
  optionalSigned(name: string): number | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !Number.isFinite(value)) throw wrong(`"${name}" must be a number`);
    return value;
  }

  flag(name: string): boolean {
    return this.optionalFlag(name) ?? false;
  }

  optionalFlag(name: string): boolean | undefined {
    const value = this.#take(name);
    if (value !== undefined && typeof value !== "boolean") throw wrong(`"${name}" must be true or false`);
    return value;
  }

  optionalTexts(name: string): Record<string, string> | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw wrong(`"${name}" must be an object of texts`);
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]: [string, unknown]) => {
        if (typeof entry !== "string" && typeof entry !== "number")
          throw wrong(`"${name}.${key}" must be a text`);
        return [key, String(entry)];
      }),
    );
  }

  /** One of the given words. */
  choice<Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.text(name);
    const found = words.find((word) => word === value);
    if (found === undefined) throw wrong(`"${name}" must be one of ${words.join(", ")}`);
    return found;
  }

  /** Call when all known fields were asked for. */
  done(): void {
    const unknown = Object.keys(this.#given).find((key) => !this.#known.has(key));
    if (unknown === undefined) return;
    throw wrong(
      this.#known.size === 0
        ? `"${unknown}" is unknown; nothing can be given here`
        : `"${unknown}" is unknown; known are ${[...this.#known].join(", ")}`,
    );
  }

  #take(name: string): unknown {
    this.#known.add(name);
    return this.#given[name] ?? undefined;
  }
}

function wrong(message: string): CtiError {
  return new CtiError({ code: "input-invalid", message });
}
