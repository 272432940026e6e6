import type { AgentCommand } from "../../model/commands.ts";
import { CtiError, toCtiError } from "../../model/errors.ts";
import { type Asked, type DeskParts, requestKey } from "./desk-parts.ts";
import { refusalError, thrownError } from "./errors.ts";
import type { GcRequest } from "./requests.ts";
import type { RosterEntry } from "./roster.ts";
import type { Voice } from "./voice.ts";

/** Requests that a session carries out, and what is answered when it has (generic-connector.md §4.2, §4.3). */
export class DeskCommands {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Hands the command over before it first waits. `entry`: who is told, and who is meant. */
  async act(
    entry: RosterEntry,
    request: GcRequest,
    command: AgentCommand,
    { id, cause }: Pick<Asked, "id" | "cause">,
  ): Promise<void> {
    const { port } = this.#parts.options;
    const { agent } = entry;
    const voice = this.#parts.voice.because(cause);
    const before = { states: entry.states, calls: entry.calls.tellings(dialogOf(request)) };
    const isUnsaid = (): boolean =>
      isAboutAgent(command)
        ? entry.states === before.states
        : entry.calls.tellings(dialogOf(request)) === before.calls;
    const fail = (error: { code: string; words: string }): void =>
      voice.error(entry.destinations, agent, request.command, error);
    try {
      const outcome = await port.execute(agent, command, { idempotencyKey: requestKey(id), cause });
      switch (outcome.outcome) {
        case "confirmed":
        case "pending":
          if (isUnsaid()) repeat(voice, entry, request, command, outcome.call?.id);
          return;
        case "refused":
          return fail(
            outcome.refusal === undefined
              ? { code: "GENERAL_ERROR", words: outcome.message }
              : refusalError(outcome.refusal, outcome.message),
          );
        case "unknown":
          fail({ code: "TIMEOUT", words: outcome.message });
          return this.again(entry, request, cause);
      }
    } catch (thrown) {
      const error = toCtiError(thrown);
      // Who wants to be signed out and is, has what he wants.
      if (command.verb === "logout" && error.code === "not-signed-in") return voice.state(entry);
      fail(thrownError(error));
      afterThrown(voice, entry, request, error);
    }
  }

  /** How things stand, instead of doing something a second time: State, and the call. */
  again(entry: RosterEntry, request: GcRequest, cause: string): void {
    const voice = this.#parts.voice.because(cause);
    voice.state(entry);
    const dialogId = dialogOf(request);
    if (dialogId !== undefined) voice.call(entry, dialogId);
    else voice.calls(entry);
  }
}

function repeat(
  voice: Voice,
  entry: RosterEntry,
  request: GcRequest,
  command: AgentCommand,
  made: string | undefined,
): void {
  if (isAboutAgent(command)) return voice.state(entry);
  // Documented as without an answer.
  if (request.command === "updatewrapup") return;
  const dialogId = dialogOf(request) ?? made;
  if (dialogId !== undefined) voice.call(entry, dialogId);
}

function afterThrown(voice: Voice, entry: RosterEntry, request: GcRequest, { code }: CtiError): void {
  const dialogId = dialogOf(request);
  if (code === "no-such-call" && dialogId !== undefined) voice.call(entry, dialogId);
  if (code === "not-signed-in" || code === "timeout" || code === "outcome-unknown") voice.state(entry);
}

/** The command of a request; `undefined` for one that asks a session for nothing. */
export function commandOf(
  request: GcRequest,
  { options }: DeskParts,
  agent: string,
): AgentCommand | undefined {
  switch (request.command) {
    case "makeready":
      return { verb: "ready" };
    case "makenotready":
      return { verb: "not-ready" };
    case "makenotreadywithreason":
      return { verb: "not-ready", reason: request.reason };
    case "logout":
    case "logoutwithreason":
      return { verb: "logout", ...(request.reason !== undefined && { reason: request.reason }) };
    case "force_logout":
      return { verb: "logout" };
    case "makecall":
      return { verb: "dial", number: request.number };
    case "answercall":
      return { verb: "answer", call: request.dialogId };
    case "holdcall":
      return { verb: "hold", call: request.dialogId };
    case "retrievecall":
      return { verb: "retrieve", call: request.dialogId };
    case "releasecall":
      return { verb: "drop", call: request.dialogId };
    case "consultcall":
      return { verb: "consult", number: request.number, call: request.dialogId };
    case "transfer_sst":
      return { verb: "transfer", number: request.number, call: request.dialogId };
    case "transfercall":
      return { verb: "transfer", call: mainCall(request.dialogId) };
    case "conferencecall":
      return { verb: "conference", call: mainCall(request.dialogId) };
    case "senddtmf":
      return { verb: "dtmf", digits: request.digits, call: request.dialogId };
    case "updatecallvariable":
      return { verb: "set", variables: request.variables, call: request.dialogId };
    case "updatewrapup":
      return { verb: "wrap-up", reasons: [request.reason], call: request.dialogId };
    default:
      return undefined;
  }

  /** Clients should name the held call; one that names the consult call means the same. */
  function mainCall(dialogId: string): string {
    const calls = options.port.status(agent)?.calls ?? [];
    const parent = calls.find(({ id }) => id === dialogId)?.parent;
    return calls.find(({ interaction }) => parent !== undefined && interaction === parent)?.id ?? dialogId;
  }
}

function dialogOf(request: GcRequest): string | undefined {
  return "dialogId" in request ? request.dialogId : undefined;
}

function isAboutAgent({ verb }: AgentCommand): boolean {
  return verb === "ready" || verb === "not-ready" || verb === "logout";
}
