import { CtiError } from "../../../model/errors.ts";

/** Reads what a browser sent, field by field. Throws `input-invalid`, which names the field and repeats nothing of it. */
export class MessageFields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #at: string;

  constructor(value: unknown, at = "") {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw invalid(at === "" ? "a message must be a JSON object" : `"${at}" must be an object`);
    this.#values = value as Readonly<Record<string, unknown>>;
    this.#at = at;
  }

  has(name: string): boolean {
    const value = this.#get(name);
    return value !== undefined && value !== null;
  }

  /** Strict: of a misspelt field nobody would learn that it does nothing. */
  only(...names: string[]): void {
    if (Object.keys(this.#values).some((name) => !names.includes(name)))
      throw invalid(
        `${this.#at === "" ? "this message" : `"${this.#at}"`} has only the fields ${names.join(", ")}`,
      );
  }

  /** `most`: characters. */
  text(name: string, most: number, least = 0): string {
    const value = this.#get(name);
    if (typeof value !== "string") throw this.#wrong(name, "a text");
    if (value.length < least || value.length > most)
      throw this.#wrong(name, `a text of ${least} to ${most} characters`);
    return value;
  }

  /** One line that is not empty: no control characters. */
  line(name: string, most: number): string {
    const value = this.text(name, most, 1);
    if (/[\u0000-\u001f\u007f\u2028\u2029]/.test(value)) throw this.#wrong(name, "one line");
    return value;
  }

  matching(name: string, pattern: RegExp, form: string): string {
    const value = this.#get(name);
    if (typeof value !== "string" || !pattern.test(value)) throw this.#wrong(name, form);
    return value;
  }

  number(name: string): number {
    const value = this.#get(name);
    if (typeof value !== "number" || !Number.isFinite(value)) throw this.#wrong(name, "a number");
    return value;
  }

  flag(name: string): boolean {
    const value = this.#get(name);
    if (typeof value !== "boolean") throw this.#wrong(name, "true or false");
    return value;
  }

  object(name: string): MessageFields {
    return new MessageFields(this.#get(name), this.#path(name));
  }

  /** `most`: entries. */
  objects(name: string, most: number): MessageFields[] {
    return this.#list(name, most).map(
      (item, index) => new MessageFields(item, `${this.#path(name)}[${index}]`),
    );
  }

  lines(name: string, most: number, length: number): string[] {
    return this.#list(name, most).map((item, index) =>
      new MessageFields({ [index]: item }, this.#path(name)).line(String(index), length),
    );
  }

  /** An object of texts. */
  texts(name: string, most: number, length: number): Record<string, string> {
    const value = this.#get(name);
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.#wrong(name, "an object of texts");
    const names = Object.keys(value);
    if (names.length > most) throw this.#wrong(name, `an object of at most ${most} texts`);
    const fields = new MessageFields(value, this.#path(name));
    return Object.fromEntries(
      names.map((each) => {
        if (each.length > length) throw this.#wrong(name, "an object with shorter names");
        return [each, fields.text(each, length)];
      }),
    );
  }

  #list(name: string, most: number): unknown[] {
    const value = this.#get(name);
    if (!Array.isArray(value) || value.length > most) throw this.#wrong(name, `a list of at most ${most}`);
    return value;
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  #path(name: string): string {
    return this.#at === "" ? name : `${this.#at}.${name}`;
  }

  #wrong(name: string, expected: string): CtiError {
    // Names of ours only: what a browser calls its own fields may hold anything.
    return invalid(
      `"${/^[\w.[\]-]{1,80}$/.test(this.#path(name)) ? this.#path(name) : this.#at}" must be ${expected}`,
    );
  }
}

export function invalid(message: string): CtiError {
  return new CtiError({ code: "input-invalid", message });
}
