import { toCtiError } from "../../model/errors.ts";
import type { Outcome } from "../../model/commands.ts";
import { ClientLeases } from "./client-leases.ts";
import { type Asked, type DeskParts, noteService, requestKey } from "./desk-parts.ts";
import type { DeskHandOver } from "./desk-hand-over.ts";
import type { DeskNews } from "./desk-news.ts";
import { type GcError, refusalError, thrownError } from "./errors.ts";
import type { GcRequest } from "./requests.ts";
import type { RosterEntry } from "./roster.ts";
import { decryptPassword, SecurePasswordError } from "./secure-password.ts";

type Connect = Extract<GcRequest, { command: "connect" }>;
type Login = Extract<GcRequest, { command: "login" | "mobileagentlogin" }>;

/** Connect and Login: clients prove who they are and take an agent up (generic-connector.md §3). */
export class DeskSignIn {
  readonly #parts: DeskParts;
  readonly #news: DeskNews;
  readonly #handOver: DeskHandOver;

  constructor(parts: DeskParts, news: DeskNews, handOver: DeskHandOver) {
    this.#parts = parts;
    this.#news = news;
    this.#handOver = handOver;
  }

  /** No answer when all is well; the client asks for what it wants to know. */
  async connect({ key: agent, cause }: Asked, request: Connect, json: boolean): Promise<void> {
    const { options, roster, rule, complaints } = this.#parts;
    const voice = this.#parts.voice.because(cause);
    const { destination } = request;
    if (!rule.allows(destination)) {
      voice.counts.refused++;
      complaints.about("destination", `Connect#${agent} names a destination that no client may have`);
      return;
    }
    roster.speaks(destination, json ? "json" : options.settings.flavour);
    const password = this.#password(request.password, "connect");
    if (typeof password !== "string") return voice.error([destination], agent, "connect", password);
    const { port, presence, peers } = options;
    const wasHere = roster.get(agent) !== undefined;
    try {
      const state = await port.attach({ agent, password, lease: ClientLeases.of(destination) }, { cause });
      const entry = roster.attach(agent, destination);
      entry.last = state;
      const { lapsed } = entry;
      entry.lapsed = new Set();
      lapsed.delete(destination);
      this.#handOver.leaveBehind(agent, lapsed);
      roster.learn(entry, port.status(agent));
    } catch (thrown) {
      const error = thrownError(toCtiError(thrown));
      complaints.about(
        `connect ${agent}`,
        `Connect#${agent} from ${destination}: ${error.code}: ${error.words}`,
      );
      return voice.error([destination], agent, "connect", error);
    }
    presence.watch(destination);
    peers.update(roster.held());
    if (wasHere) peers.took(agent);
    noteService(this.#parts, agent);
    port.log("info", `client connected: ${destination}`, agent);
  }

  /** Answers AgentInfo, State and the calls that are up. */
  async login(
    entry: RosterEntry,
    request: Login,
    json: boolean,
    { id, cause }: Pick<Asked, "id" | "cause">,
  ): Promise<void> {
    const { options, roster, leases } = this.#parts;
    const voice = this.#parts.voice.because(cause);
    const { agent } = entry;
    const [only, second] = entry.destinations;
    // Login names no destination: of two clients it does not show which one speaks JSON.
    if (json && only !== undefined && second === undefined) roster.speaks(only, "json");
    const password = this.#password(request.password, "login");
    if (typeof password !== "string")
      return voice.error(entry.destinations, agent, request.command, password);
    const lease = leases.for(agent);
    // The state that signing in makes is told after AgentInfo, as clients expect.
    this.#news.hold(agent);
    let outcome: Outcome;
    try {
      outcome = await options.port.signIn(
        {
          agent,
          extension: request.extension,
          password,
          ...(request.command === "mobileagentlogin" && {
            mobileAgent: { mode: request.mode, dialNumber: request.dialNumber },
          }),
          ...(lease !== undefined && { lease }),
        },
        { idempotencyKey: requestKey(id), cause },
      );
    } catch (thrown) {
      this.#news.release(agent, "all");
      return voice.error(entry.destinations, agent, request.command, thrownError(toCtiError(thrown)));
    }
    if (outcome.outcome === "refused") {
      this.#news.release(agent, "all");
      const error =
        outcome.refusal === undefined
          ? plainRefusal(outcome)
          : refusalError(outcome.refusal, outcome.message);
      return voice.error(entry.destinations, agent, request.command, error);
    }
    entry.lapsed = new Set();
    roster.learn(entry, options.port.status(agent));
    noteService(this.#parts, agent);
    options.peers.took(agent);
    if (outcome.outcome === "unknown") {
      this.#news.release(agent, "all");
      voice.error(entry.destinations, agent, request.command, { code: "TIMEOUT", words: outcome.message });
      return voice.state(entry);
    }
    voice.agentInfo(entry);
    voice.state(entry);
    voice.calls(entry, this.#news.release(agent, "calls"));
    // Every client of the agent is there for the session that there is now.
    for (const destination of entry.destinations) leases.look(destination);
  }

  /** In clear; what cannot be decrypted is an error that says nothing of it. */
  #password(sent: string, where: "connect" | "login"): string | GcError {
    const { settings, passwordKey, port } = this.#parts.options;
    const secure = settings.securePassword;
    if (secure === undefined || !secure.applies.includes(where)) {
      port.addSecret(sent);
      return sent;
    }
    try {
      if (passwordKey === undefined)
        throw new SecurePasswordError("there is no key to decrypt passwords with");
      const password = decryptPassword(sent, passwordKey, secure);
      port.addSecret(password);
      return password;
    } catch (error) {
      if (!(error instanceof SecurePasswordError)) throw error;
      return { code: "GENERAL_ERROR", words: `DECRYPTION: ${error.message}` };
    }
  }
}

function plainRefusal({ message }: Outcome): GcError {
  return { code: "GENERAL_ERROR", words: message };
}
