import { CtiError } from "../../model/errors.ts";

/** One line of a scenario, understood. */
export interface Step {
  line: number;
  text: string;
  /** Milliseconds after the start; undefined: as soon as the step before is done. */
  at: number | undefined;
  action: Action;
}

export type Action =
  | { kind: "pause"; duration: number }
  | { kind: "until"; agent: string; state: string; within: number }
  | { kind: "operation"; name: string; input: Record<string, unknown> };

const defaultWithin = 60_000;

/**
 * Reads a whole scenario before anything of it happens; throws `input-invalid` naming the line. One step a line, # for comments,
 * "quotes" around words that belong together, times as 500ms, 5s, 2m; `cti sim script --help` shows the steps.
 */
export function parseScenario(text: string): Step[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const line = index + 1;
    const words = wordsOf(raw, line);
    return words.length === 0 ? [] : [stepOf(words, line, raw.trim())];
  });
}

function stepOf(words: string[], line: number, text: string): Step {
  const reader = new Words(words, line);
  const at = reader.skip("at") ? reader.duration("a time after at") : undefined;
  const action = actionOf(reader);
  reader.end();
  return { line, text, at, action };
}

function actionOf(words: Words): Action {
  const verb = words.next("an action");
  switch (verb) {
    case "wait":
      return waitOf(words);
    case "call":
      return operation(verb, callOf(words));
    case "abandon":
    case "hangup":
    case "answer":
      return operation(verb, words.more ? { dialogId: words.next("a dialog id") } : {});
    case "phone": {
      const agent = words.next("an agent");
      const action = words.next("what the hand does");
      return operation(verb, { agent, action, ...(words.more && { number: words.next("a number") }) });
    }
    case "fail":
      return operation(verb, failOf(words));
    case "heal":
      return operation(verb, words.skip("node") ? { node: words.next("a node") } : {});
    case "password":
      return operation(verb, { agent: words.next("an agent"), password: words.next("a password") });
    case "delete-user":
      return operation(verb, { agent: words.next("an agent") });
    case "force-logout": {
      const agent = words.next("an agent");
      return operation(verb, { agent, ...(words.more && { code: words.number("a reason code") }) });
    }
    case "force-state":
      return operation(verb, { agent: words.next("an agent"), state: words.next("a state") });
    case "knobs":
      return operation(verb, knobsOf(words));
    default:
      throw words.wrong(`there is no action "${verb}"`);
  }
}

function operation(name: string, input: Record<string, unknown>): Action {
  return { kind: "operation", name, input };
}

function waitOf(words: Words): Action {
  const first = words.next("a time or an agent");
  if (!words.more) return { kind: "pause", duration: words.durationFrom(first) };
  const state = words.next("a state");
  const within = words.skip("within") ? words.duration("a time after within") : defaultWithin;
  return { kind: "until", agent: first, state, within };
}

function callOf(words: Words): Record<string, unknown> {
  const target = words.next("an agent or a queue");
  const input: Record<string, unknown> =
    target === "queue" ? { queue: words.next("a queue's name") } : { agent: target };
  while (words.more) {
    const word = words.next("a word");
    if (word === "from" || word === "to") input[word] = words.next("a number");
    else if (word === "direct" || word === "bare") input[word] = true;
    else if (word === "with") input.variables = words.pairs();
    else throw words.wrong(`"${word}" does not belong here`);
  }
  if (input.from === undefined) throw words.wrong('"from" and the caller\'s number are missing');
  return input;
}

function failOf(words: Words): Record<string, unknown> {
  const input: Record<string, unknown> = { fault: words.next("what fails") };
  while (words.more) {
    const word = words.next("a word");
    if (word === "agent") input.agent = words.next("an agent");
    else if (word === "node") input.node = words.next("a node");
    else if (word === "count") input.count = words.number("a number");
    else if (word === "delay") input.delay = words.duration("a time");
    else throw words.wrong(`"${word}" does not belong here`);
  }
  return input;
}

function knobsOf(words: Words): Record<string, unknown> {
  const typed = Object.entries(words.pairs()).map(([name, value]) => {
    if (value === "true" || value === "false") return [name, value === "true"];
    return [name, Number(value)];
  });
  return Object.fromEntries(typed);
}

/** The words of a line, read one after the other. */
class Words {
  readonly #words: string[];
  readonly #line: number;
  #at = 0;

  constructor(words: string[], line: number) {
    this.#words = words;
    this.#line = line;
  }

  get more(): boolean {
    return this.#at < this.#words.length;
  }

  next(expected: string): string {
    const word = this.#words[this.#at++];
    if (word === undefined) throw this.wrong(`${expected} is missing`);
    return word;
  }

  skip(word: string): boolean {
    if (this.#words[this.#at] !== word) return false;
    this.#at += 1;
    return true;
  }

  number(expected: string): number {
    const word = this.next(expected);
    if (!/^\d+$/.test(word)) throw this.wrong(`"${word}" is not a number`);
    return Number(word);
  }

  duration(expected: string): number {
    return this.durationFrom(this.next(expected));
  }

  durationFrom(word: string): number {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(word);
    if (match === null) throw this.wrong(`"${word}" is not a time such as 500ms, 5s or 2m`);
    const unit = match[2] === "ms" ? 1 : match[2] === "s" ? 1000 : 60_000;
    return Number(match[1]) * unit;
  }

  /** `name=value` words up to the first that is none. */
  pairs(): Record<string, string> {
    const pairs: Record<string, string> = {};
    for (let word = this.#words[this.#at]; word?.includes("="); word = this.#words[++this.#at]) {
      const sign = word.indexOf("=");
      pairs[word.slice(0, sign)] = word.slice(sign + 1);
    }
    if (Object.keys(pairs).length === 0) throw this.wrong("name=value is missing");
    return pairs;
  }

  end(): void {
    if (this.more) throw this.wrong(`"${this.#words[this.#at]}" does not belong here`);
  }

  wrong(problem: string): CtiError {
    return scenarioError(this.#line, problem);
  }
}

function wordsOf(raw: string, line: number): string[] {
  const words: string[] = [];
  const token = /\s+|#.*$|(?:"([^"]*)"|([^\s"]+))/y;
  while (token.lastIndex < raw.length) {
    const match = token.exec(raw);
    if (match === null) throw scenarioError(line, "a quote is not closed");
    if (match[0].startsWith("#")) break;
    const word = match[1] ?? match[2];
    if (word !== undefined) words.push(word);
  }
  return words;
}

function scenarioError(line: number, problem: string): CtiError {
  return new CtiError({
    code: "input-invalid",
    message: `line ${line} of the scenario: ${problem}`,
    hint: "cti sim script --help shows the language",
    details: { line },
  });
}
