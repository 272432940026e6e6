import { CtiError } from "../model/errors.ts";

/** Reads a JSON object field by field; throws `usage` with the field's full name. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #at: string;

  constructor(value: unknown, at = "") {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw wrong(at === "" ? "the body" : at, "an object");
    this.#values = value as Readonly<Record<string, unknown>>;
    this.#at = at;
  }

  has(name: string): boolean {
    return (
      Object.hasOwn(this.#values, name) && this.#values[name] !== undefined && this.#values[name] !== null
    );
  }

  /** Throws for a field of another name. */
  only(...names: string[]): void {
    for (const name of Object.keys(this.#values))
      if (!names.includes(name)) this.#wrong(name, `left out: there are ${names.join(", ")}`);
  }

  text(name: string): string {
    const value = this.#values[name];
    return typeof value === "string" ? value : this.#wrong(name, "a text");
  }

  /** A text that is not empty. */
  name(name: string): string {
    const value = this.text(name);
    return value === "" ? this.#wrong(name, "a text that is not empty") : value;
  }

  positive(name: string): number {
    const value = this.#values[name];
    return typeof value === "number" && Number.isFinite(value) && value > 0
      ? value
      : this.#wrong(name, "a number above 0");
  }

  atLeastZero(name: string): number {
    return this.#values[name] === 0 ? 0 : this.positive(name);
  }

  flag(name: string): boolean {
    const value = this.#values[name];
    return typeof value === "boolean" ? value : this.#wrong(name, "true or false");
  }

  oneOf<Name extends string>(name: string, allowed: readonly Name[]): Name {
    const value = this.text(name);
    return (
      allowed.find((candidate) => candidate === value) ?? this.#wrong(name, `one of ${allowed.join(", ")}`)
    );
  }

  object(name: string): Fields {
    return new Fields(this.#values[name], this.#path(name));
  }

  optional(name: string): Fields | undefined {
    return this.has(name) ? this.object(name) : undefined;
  }

  objects(name: string): Fields[] {
    return this.#array(name).map((item, index) => new Fields(item, `${this.#path(name)}[${index}]`));
  }

  /** Texts. `least`: how many there must be. */
  list(name: string, least = 1): string[] {
    const values = this.#array(name);
    if (values.length < least) return this.#wrong(name, "a list that is not empty");
    return values.map((value) => (typeof value === "string" ? value : this.#wrong(name, "a list of texts")));
  }

  /** An object whose values are texts. */
  texts(name: string): Record<string, string> {
    const value = this.#values[name];
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return this.#wrong(name, "an object of texts");
    const result: Record<string, string> = {};
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== "string") return this.#wrong(`${name}.${key}`, "a text");
      result[key] = text;
    }
    return result;
  }

  #array(name: string): unknown[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value : this.#wrong(name, "a list");
  }

  #path(name: string): string {
    return this.#at === "" ? name : `${this.#at}.${name}`;
  }

  #wrong(name: string, expected: string): never {
    throw wrong(this.#path(name), expected);
  }
}

function wrong(field: string, expected: string): CtiError {
  return new CtiError({ code: "usage", message: `in the request ${field} must be ${expected}` });
}
