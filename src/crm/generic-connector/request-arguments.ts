/** A request that cannot be understood. `message` names the argument and never holds what was sent. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
  readonly code: string;

  constructor(message: string, code = "INVALID_REQUEST") {
    super(message);
    this.code = code;
  }
}

/** The arguments of a request: by position in text, by name in JSON. What is asked for and not there throws `BadRequest`. */
export interface Arguments {
  readonly json: boolean;
  /** Throws when the text holds more parts than `count`. */
  expect(count: number, words: string): void;
  /** Trimmed. */
  text(at: number, ...names: readonly [string, ...string[]]): string;
  optional(at: number, ...names: readonly [string, ...string[]]): string | undefined;
  /** From a position on, commas and all: for the last argument, where one may hold them. */
  rest(at: number, ...names: readonly [string, ...string[]]): string;
  /** Not trimmed; "" when it is not there. */
  secret(at: number, ...names: readonly [string, ...string[]]): string;
  /** Of JSON only: a text, or texts by name. */
  named(name: string): string | undefined;
  table(name: string): Record<string, string> | undefined;
}

/** Characters; more than any request. */
const longest = 65_536;

/** Throws `BadRequest` for what is neither text nor a JSON object. */
export function readArguments(body: string | null): Arguments {
  const text = (body ?? "").replace(/[\r\n]+$/, "");
  if (text.length > longest) throw new BadRequest("the body is too long");
  return isJsonBody(text) ? jsonArguments(text) : textArguments(text);
}

/** A password may begin with a brace; a text body never begins and ends with them. */
export function isJsonBody(body: string | null): boolean {
  return body !== null && /^\s*\{.*\}\s*$/s.test(body);
}

type Find = (at: number, names: readonly [string, ...string[]], rest: boolean) => string | undefined;

function requiring(find: Find): Pick<Arguments, "text" | "optional" | "rest" | "secret"> {
  const optional = (at: number, names: readonly [string, ...string[]], rest: boolean): string | undefined => {
    const value = find(at, names, rest)?.trim();
    return value === "" ? undefined : value;
  };
  const required = (at: number, names: readonly [string, ...string[]], rest: boolean): string => {
    const value = optional(at, names, rest);
    if (value === undefined) throw new BadRequest(`the argument ${names[0]} is missing`);
    return value;
  };
  return {
    text: (at, ...names) => required(at, names, false),
    optional: (at, ...names) => optional(at, names, false),
    rest: (at, ...names) => required(at, names, true),
    secret: (at, ...names) => find(at, names, false) ?? "",
  };
}

function textArguments(text: string): Arguments {
  const parts = text === "" ? [] : text.split(",");
  return {
    json: false,
    expect: (count, words) => {
      if (parts.length > count) throw new BadRequest(words);
    },
    ...requiring((at, _names, rest) => (rest ? parts.slice(at).join(",") : parts[at])),
    named: () => undefined,
    table: () => undefined,
  };
}

function jsonArguments(text: string): Arguments {
  const given = parseObject(text);
  const valueOf = (name: string): string | undefined => {
    const value = given.get(name.toLowerCase());
    if (value === undefined || value === null) return undefined;
    if (typeof value === "object") throw new BadRequest(`the argument ${name} is not a text`);
    return asText(value);
  };
  return {
    json: true,
    expect: () => {},
    ...requiring((_at, names) => {
      for (const name of names) {
        const value = valueOf(name);
        if (value !== undefined) return value;
      }
      return undefined;
    }),
    named: valueOf,
    table: (name) => {
      const value = given.get(name.toLowerCase());
      if (value === undefined || value === null) return undefined;
      if (typeof value !== "object" || Array.isArray(value))
        throw new BadRequest(`the argument ${name} is not an object of names and texts`);
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => {
          if (typeof each === "object" && each !== null)
            throw new BadRequest(`the argument ${name} holds something that is not a text`);
          return [key, asText(each)];
        }),
      );
    },
  };
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : value === null || value === undefined ? "" : String(value);
}

/** Names in any case, as those of the commands. */
function parseObject(text: string): Map<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadRequest("the body begins like JSON and is none");
  }
  if (typeof value !== "object" || value === null) throw new BadRequest("the body is no JSON object");
  return new Map(Object.entries(value).map(([name, each]) => [name.toLowerCase(), each]));
}
