import type { Outcome } from "../../../model/commands.ts";
import { type CtiError, type ErrorData, errorExitCodes, toCtiError } from "../../../model/errors.ts";
import type { CtiPort } from "../../adapter.ts";
import { agentData, callData } from "./cloud-event.ts";
import { type Note, type PopResult, readCommand, type WebhookCommand } from "./command.ts";
import { Credentials } from "./credentials.ts";
import { hostNames, type InboundRequest, longestBody, tooLong, turnAway } from "./door.ts";
import { SeenIds } from "./seen-ids.ts";
import { signingKeys } from "./signature.ts";

export interface InboundOptions {
  /** Where it listens, and names beside localhost that a Host header may carry. */
  host: string;
  hosts: readonly string[];
  /** Several with white space between, while they are changed. */
  token: string;
  /** `whsec_…`, or several with white space between. */
  secret: string;
  port: Pick<CtiPort, "clock" | "execute" | "newCause" | "log" | "trace" | "owe" | "kept">;
  /** What a CRM found. May throw CtiError: that is the answer. */
  popResult(found: PopResult, how: { id: string; cause: string }): void | Promise<void>;
  note(note: Note, how: { id: string; cause: string }): void | Promise<void>;
}

export interface InboundAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** JSON. */
  body: string;
}

/** Milliseconds in which refusals are told of once. */
const refusalsTold = 60_000;
const headers = {
  "Content-Type": "application/json",
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
} as const;
const unauthorized: InboundAnswer = {
  status: 401,
  headers: { ...headers, "WWW-Authenticate": "Bearer" },
  body: JSON.stringify({ error: { code: "credentials-refused", message: "not authorized" } }),
};
const turnedDown: Readonly<
  Record<string, { status: number; message: string; more?: Readonly<Record<string, string>> }>
> = {
  long: { status: tooLong.status, message: tooLong.details },
  late: { status: 408, message: "the body did not come in time" },
  broken: { status: 400, message: "the body ended before its end" },
  busy: { status: 503, message: "too many at once, or stopping: come again", more: { "Retry-After": "1" } },
  failed: { status: 500, message: "something in cti itself went wrong" },
};
const byOutcome: Readonly<Record<Outcome["outcome"], number>> = {
  confirmed: 200,
  pending: 202,
  refused: 422,
  unknown: 504,
};
/** By exit code of an error. */
const byExitCode: Readonly<Record<number, number>> = { 2: 400, 4: 422, 5: 502, 6: 504, 7: 404 };

/**
 * Commands from programs: `POST /v1/commands` with a bearer token and a signature of Standard Webhooks. The webhook-id is the idempotency key:
 * a repetition is answered as the first was, after a restart of the connector too.
 */
export class InboundCommands {
  readonly #options: InboundOptions;
  readonly #hosts: ReadonlySet<string>;
  readonly #credentials: Credentials;
  readonly #seen: SeenIds<InboundAnswer>;
  #told = { at: Number.NEGATIVE_INFINITY, untold: 0 };

  /** Reads what was kept: which ids were answered before a restart. Throws `Invalid` for a secret that is none. */
  constructor(options: InboundOptions) {
    this.#options = options;
    this.#hosts = hostNames(options.host, options.hosts);
    this.#credentials = new Credentials(
      options.token.split(/\s+/).filter((token) => token !== ""),
      signingKeys(options.secret),
    );
    this.#seen = new SeenIds(options.port, ({ status, body }) => ({ status, headers, body }));
    this.#seen.load(options.port.kept());
  }

  /** Before the body is read: the answer to whoever may not come in, `undefined` for others. */
  refuse(request: InboundRequest): InboundAnswer | undefined {
    const turned = turnAway(request, this.#hosts);
    if (turned === undefined) return undefined;
    this.#tell(request.from, turned.details);
    const answer = problem(turned.status, { code: "usage", message: turned.details });
    return turned.status === 405 ? { ...answer, headers: { ...headers, Allow: "POST" } } : answer;
  }

  /** The answer where there is no body to judge. `busy`: too many at once, or the connector stops. */
  turnDown(why: "long" | "late" | "broken" | "busy" | "failed"): InboundAnswer {
    const { status, message, more } = turnedDown[why];
    const code = status === 500 ? "internal" : status === 503 ? "connector-unreachable" : "usage";
    const answer = problem(status, { code, message });
    return more === undefined ? answer : { ...answer, headers: { ...headers, ...more } };
  }

  /** Answers a request with its body as it came, byte by byte. Never rejects. */
  async answer(request: InboundRequest, body: Uint8Array): Promise<InboundAnswer> {
    const refused = this.refuse(request);
    if (refused !== undefined) return refused;
    if (body.length > longestBody) return this.turnDown("long");
    const { clock } = this.#options.port;
    const judged = this.#credentials.judge(request.headers, body, clock.now());
    if ("why" in judged) {
      this.#tell(request.from, judged.why);
      return unauthorized;
    }
    const { id } = judged;
    const known = this.#seen.recall(id, body);
    if (known === "other")
      return problem(409, { code: "usage", message: "this webhook-id came with another command before" });
    if (known !== undefined) return known;
    const answer = this.#do(id, body, request.from);
    // A failure before anything was done may pass: what is asked again is done then.
    this.#seen.put(id, body, answer, ({ status }) => status < 500 && status !== 404);
    return answer;
  }

  async #do(id: string, body: Uint8Array, from: string): Promise<InboundAnswer> {
    const { port } = this.#options;
    const cause = port.newCause();
    const started = port.clock.now();
    let command: WebhookCommand | undefined;
    let answer: InboundAnswer;
    try {
      command = readCommand(parsed(body));
      this.#record("in", id, cause, from, command, JSON.stringify(shown(command)));
      answer = await this.#execute(command, { id, cause, started });
    } catch (thrown) {
      answer = this.#failed(toCtiError(thrown), command);
    }
    this.#record("out", id, cause, from, command, answer.body, answer.status);
    return answer;
  }

  async #execute(
    command: WebhookCommand,
    { id, cause, started }: { id: string; cause: string; started: number },
  ): Promise<InboundAnswer> {
    const { port, popResult, note } = this.#options;
    if (command.kind === "command") {
      const { agent, command: asked } = command;
      const outcome = await port.execute(agent, asked, { idempotencyKey: `webhook-${id}`, cause });
      return { status: byOutcome[outcome.outcome], headers, body: JSON.stringify(outcomeData(outcome)) };
    }
    const { kind, ...told } = command;
    if (kind === "note") await note(told as Note, { id, cause });
    else await popResult(told as PopResult, { id, cause });
    const elapsed = port.clock.now() - started;
    const { agent } = told;
    return {
      status: 200,
      headers,
      body: JSON.stringify({ verb: kind, outcome: "confirmed", agent, cause, message: "taken", elapsed }),
    };
  }

  #failed(error: CtiError, command: WebhookCommand | undefined): InboundAnswer {
    const status = byExitCode[errorExitCodes[error.code]] ?? 500;
    if (error.code !== "internal") return problem(status, error.toJSON());
    // Its own words may repeat what was asked.
    const place =
      error.cause instanceof Error ? (error.cause.stack?.match(/^\s+at .*$/m)?.[0].trim() ?? "") : "";
    this.#options.port.log(
      "error",
      `${command === undefined ? "a command" : deedOf(command)} by webhook failed: ${error.message} ${place}`,
    );
    return problem(status, { code: error.code, message: error.message });
  }

  #record(
    direction: "in" | "out",
    id: string,
    cause: string,
    from: string,
    command: WebhookCommand | undefined,
    text: string,
    status?: number,
  ): void {
    const what = command === undefined ? "no command" : deedOf(command);
    this.#options.port.trace({
      channel: "http",
      direction,
      peer: from,
      agent: command?.agent,
      cause,
      requestId: id,
      summary: `POST webhook ${what}${status === undefined ? "" : ` → ${status}`}`,
      text,
    });
  }

  /** To the log, which alone learns why. */
  #tell(from: string, why: string): void {
    const now = this.#options.port.clock.now();
    if (now - this.#told.at < refusalsTold) {
      this.#told.untold += 1;
      return;
    }
    const more = this.#told.untold === 0 ? "" : ` (and ${this.#told.untold} more before)`;
    this.#told = { at: now, untold: 0 };
    this.#options.port.log("warn", `refused a webhook command from ${from}: ${why}${more}`);
  }
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function deedOf(command: WebhookCommand): string {
  return command.kind === "command" ? command.command.verb : command.kind;
}

/** For the trace: what an agent wrote of a customer, and what customers are called, is the CRM's, not ours. */
function shown(command: WebhookCommand): object {
  switch (command.kind) {
    case "note":
      return { ...command, text: `${command.text.length} characters` };
    case "pop-result":
      return { ...command, matches: command.matches.map(({ id, type }) => ({ id, type })) };
    case "command":
      return command;
  }
}

function outcomeData({ state, call, ...outcome }: Outcome): object {
  return {
    ...outcome,
    ...(state !== undefined && { state: agentData(state) }),
    ...(call !== undefined && { call: callData(call, false) }),
  };
}

function problem(status: number, error: ErrorData): InboundAnswer {
  return { status, headers, body: JSON.stringify({ error }) };
}
