import { refused } from "../sf-error.ts";

export type Literal = string | number | boolean | null;

export type Condition =
  | { kind: "and" | "or"; parts: Condition[] }
  | { kind: "compare"; field: string; operator: "=" | "!=" | "<" | "<=" | ">" | ">="; value: Literal }
  | { kind: "like"; field: string; pattern: string }
  | { kind: "in"; field: string; values: Literal[]; not: boolean };

export interface SoqlQuery {
  /** As written; `COUNT()` alone counts. */
  fields: string[];
  object: string;
  where: Condition | undefined;
  order: { field: string; descending: boolean } | undefined;
  limit: number | undefined;
}

interface Token {
  kind: "word" | "text" | "number" | "date" | "sign" | "end";
  text: string;
  at: number;
}

/** Reads SELECT … FROM … [WHERE …] [ORDER BY …] [LIMIT n]. Throws MALFORMED_QUERY for what it cannot read, which is honest: Salesforce reads more. */
export function readSoql(text: string): SoqlQuery {
  return new Reader(text).query();
}

/** Whether a record fulfils a condition; texts are compared without regard to case, as Salesforce does. */
export function fulfils(record: Record<string, unknown>, condition: Condition): boolean {
  switch (condition.kind) {
    case "and":
      return condition.parts.every((part) => fulfils(record, part));
    case "or":
      return condition.parts.some((part) => fulfils(record, part));
    case "like": {
      const parts = condition.pattern.split("%").map((part) => part.split("_").map(escaped).join("."));
      return new RegExp(`^${parts.join(".*")}$`, "isu").test(String(record[condition.field] ?? ""));
    }
    case "in":
      return condition.values.some((value) => same(record[condition.field], value)) !== condition.not;
    case "compare":
      return compared(record[condition.field] ?? null, condition.operator, condition.value);
  }
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");

function compared(left: unknown, operator: string, right: Literal): boolean {
  if (operator === "=") return same(left, right);
  if (operator === "!=") return !same(left, right);
  if (left === null || right === null) return false;
  const difference =
    typeof left === "number" && typeof right === "number"
      ? left - right
      : String(left) < String(right)
        ? -1
        : Number(String(left) > String(right));
  if (operator === "<") return difference < 0;
  if (operator === "<=") return difference <= 0;
  return operator === ">" ? difference > 0 : difference >= 0;
}

function same(left: unknown, right: Literal): boolean {
  if (typeof left === "string" && typeof right === "string")
    return left.toLowerCase() === right.toLowerCase() || (right.length === 15 && left.slice(0, 15) === right);
  return (left ?? null) === right;
}

class Reader {
  readonly #text: string;
  #at = 0;
  #token: Token;

  constructor(text: string) {
    this.#text = text;
    this.#token = this.#next();
  }

  query(): SoqlQuery {
    this.#word("SELECT");
    const fields = [this.#selected()];
    while (this.#sign(",")) fields.push(this.#selected());
    this.#word("FROM");
    const object = this.#name();
    const where = this.#is("WHERE") ? this.#or() : undefined;
    const order = this.#is("ORDER") ? this.#order() : undefined;
    const limit = this.#is("LIMIT") ? this.#number() : undefined;
    if (this.#token.kind !== "end") throw this.#unexpected();
    return { fields, object, where, order, limit };
  }

  #selected(): string {
    const name = this.#name();
    if (name.toUpperCase() !== "COUNT" || !this.#sign("(")) return name;
    if (!this.#sign(")")) throw this.#unexpected();
    return "COUNT()";
  }

  #order(): SoqlQuery["order"] {
    this.#word("BY");
    const field = this.#name();
    const descending = this.#is("DESC");
    if (!descending) this.#is("ASC");
    return { field, descending };
  }

  #or(): Condition {
    const parts = [this.#and()];
    while (this.#is("OR")) parts.push(this.#and());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "or", parts };
  }

  #and(): Condition {
    const parts = [this.#one()];
    while (this.#is("AND")) parts.push(this.#one());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "and", parts };
  }

  #one(): Condition {
    if (this.#sign("(")) {
      const inner = this.#or();
      if (!this.#sign(")")) throw this.#unexpected();
      return inner;
    }
    const field = this.#name();
    const not = this.#is("NOT");
    if (this.#is("IN")) return { kind: "in", field, values: this.#list(), not };
    if (not) throw this.#unexpected();
    if (this.#is("LIKE")) {
      const pattern = this.#literal();
      if (typeof pattern !== "string") throw this.#unexpected();
      return { kind: "like", field, pattern };
    }
    const operator = (["=", "!=", "<=", ">=", "<", ">"] as const).find((sign) => this.#sign(sign));
    if (operator === undefined) throw this.#unexpected();
    return { kind: "compare", field, operator, value: this.#literal() };
  }

  #list(): Literal[] {
    if (!this.#sign("(")) throw this.#unexpected();
    const values = [this.#literal()];
    while (this.#sign(",")) values.push(this.#literal());
    if (!this.#sign(")")) throw this.#unexpected();
    return values;
  }

  #literal(): Literal {
    const { kind, text } = this.#token;
    if (kind === "text" || kind === "date") return this.#taken(text);
    if (kind === "number") return this.#taken(Number(text));
    for (const [word, value] of [
      ["TRUE", true],
      ["FALSE", false],
      ["NULL", null],
    ] as const)
      if (kind === "word" && text.toUpperCase() === word) return this.#taken(value);
    throw this.#unexpected();
  }

  #number(): number {
    const { kind, text } = this.#token;
    if (kind !== "number" || !/^\d+$/.test(text)) throw this.#unexpected();
    return this.#taken(Number(text));
  }

  #name(): string {
    if (this.#token.kind !== "word") throw this.#unexpected();
    return this.#taken(this.#token.text);
  }

  #word(word: string): void {
    if (!this.#is(word)) throw this.#unexpected();
  }

  /** True, and past it, when the word is next. */
  #is(word: string): boolean {
    const { kind, text } = this.#token;
    return kind === "word" && text.toUpperCase() === word && this.#taken(true);
  }

  #sign(sign: string): boolean {
    return this.#token.kind === "sign" && this.#token.text === sign && this.#taken(true);
  }

  #taken<Value>(value: Value): Value {
    this.#token = this.#next();
    return value;
  }

  #next(): Token {
    const rest = /^\s*/.exec(this.#text.slice(this.#at))?.[0].length ?? 0;
    const at = this.#at + rest;
    const text = this.#text.slice(at);
    const as = (kind: Token["kind"], length: number, value = text.slice(0, length)): Token => {
      this.#at = at + length;
      return { kind, text: value, at };
    };
    if (text === "") return as("end", 0);
    const quoted = /^'((?:[^'\\]|\\.)*)'/s.exec(text);
    if (quoted !== null) return as("text", quoted[0].length, unescaped(quoted[1] ?? ""));
    const found = (
      [
        ["date", /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d))?/],
        ["number", /^-?\d+(?:\.\d+)?(?!\w)/],
        ["word", /^[A-Za-z_][\w.]*/],
        ["sign", /^(?:!=|<=|>=|[=<>(),])/],
      ] as const
    )
      .map(([kind, pattern]) => [kind, pattern.exec(text)?.[0]] as const)
      .find(([, match]) => match !== undefined);
    if (found?.[1] === undefined) throw malformed(`unexpected token: '${text.charAt(0)}' at position ${at}`);
    return as(found[0], found[1].length);
  }

  #unexpected(): Error {
    const { kind, text, at } = this.#token;
    return malformed(`unexpected token: ${kind === "end" ? "<EOF>" : `'${text}'`} at position ${at}`);
  }
}

const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** Only the escapes that there are; another one is an error. */
function unescaped(text: string): string {
  return text.replace(/\\(u[0-9A-Fa-f]{4}|.)/gs, (whole, code: string) => {
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    const value = escapes[code.toLowerCase()] ?? (`\\'"%_`.includes(code) ? code : undefined);
    if (value === undefined) throw malformed(`Illegal character sequence '${whole}' in string literal`);
    return value;
  });
}

function malformed(message: string): Error {
  return refused(400, "MALFORMED_QUERY", message);
}
