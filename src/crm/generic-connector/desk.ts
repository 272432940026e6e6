import type { AdapterHealth } from "../../model/adapter.ts";
import { toCtiError } from "../../model/errors.ts";
import type { CtiEvent } from "../../model/events.ts";
import { AgentLanes } from "./agent-lanes.ts";
import { ClientLeases } from "./client-leases.ts";
import { Complaints } from "./complaints.ts";
import type { GcMessage, PeersEvents } from "./contract.ts";
import { commandOf, DeskCommands } from "./desk-commands.ts";
import { DeskGreetings } from "./desk-greetings.ts";
import { DeskHandOver } from "./desk-hand-over.ts";
import { DeskLists } from "./desk-lists.ts";
import { DeskNews } from "./desk-news.ts";
import { type Asked, type DeskOptions, type DeskParts, isStale } from "./desk-parts.ts";
import { DeskSignIn } from "./desk-sign-in.ts";
import { DestinationRule } from "./destinations.ts";
import { isSupervisor } from "./events.ts";
import { recordRequest } from "./request-record.ts";
import { connectDestination, type Envelope, type GcRequest, parseRequest, parseType } from "./requests.ts";
import { Roster, type RosterEntry } from "./roster.ts";
import { SeenRequests } from "./seen-requests.ts";
import { ServiceWatch } from "./service-watch.ts";
import { ToldCalls } from "./told-calls.ts";
import { type GcCounts, Voice } from "./voice.ts";

export type { DeskOptions, DeskPeers } from "./desk-parts.ts";

/** Requests of one agent that may wait. */
const laneLength = 200;
/** Milliseconds an outage may last untold. */
const serviceGrace = 2000;
/** Nothing behind them starts before they are over. */
const barriers = new Set([
  "connect",
  "login",
  "mobileagentlogin",
  "logout",
  "logoutwithreason",
  "force_logout",
]);
/** What was asked before them is over first: a call that is being released would keep the agent from signing out. */
const lastOfAll = new Set(["logout", "logoutwithreason", "force_logout"]);
/** What a supervisor may ask for a member of the team (generic-connector.md §4.5). */
const forMembers = new Set(["makeready", "makenotready", "makenotreadywithreason", "logout", "force_logout"]);

/** The desk at which requests are worked and from which events go out. */
export class Desk {
  readonly #options: DeskOptions;
  readonly #parts: DeskParts;
  readonly #lanes = new AgentLanes(laneLength);
  readonly #seen: SeenRequests;
  readonly #news: DeskNews;
  readonly #signIn: DeskSignIn;
  readonly #commands: DeskCommands;
  readonly #lists: DeskLists;
  readonly #greetings: DeskGreetings;
  readonly #handOver: DeskHandOver;

  constructor(options: DeskOptions) {
    this.#options = options;
    const { port, bus, presence, settings } = options;
    const { clock } = port;
    const roster = new Roster(settings.flavour);
    const voice = new Voice({ bus, port, roster });
    this.#parts = {
      options,
      roster,
      voice,
      leases: new ClientLeases({
        clock,
        port,
        presence,
        roster,
        onGone: (gone) => this.#handOver.clientGone(gone),
      }),
      service: new ServiceWatch({
        clock,
        grace: serviceGrace,
        roster,
        tell: (destination, event) => voice.to(destination, event),
        onBack: (agent) => this.#back(agent),
      }),
      rule: new DestinationRule([settings.queue, ...options.reserved]),
      complaints: new Complaints(port),
    };
    this.#seen = new SeenRequests(clock);
    this.#news = new DeskNews(this.#parts);
    this.#handOver = new DeskHandOver(this.#parts, this.#news);
    this.#signIn = new DeskSignIn(this.#parts, this.#news, this.#handOver);
    this.#commands = new DeskCommands(this.#parts);
    this.#lists = new DeskLists(this.#parts);
    this.#greetings = new DeskGreetings(this.#parts);
    this.#parts.leases.start();
  }

  /** A request from the queue; never throws, never waits. */
  onMessage(message: GcMessage): void {
    const { voice, complaints } = this.#parts;
    voice.counts.requests++;
    const envelope = parseType(message.type);
    if (envelope === undefined) {
      voice.counts.refused++;
      return complaints.about("type", "a message came whose JMSType is not <Command>#<key>");
    }
    if (envelope.command === "hello" || envelope.command === "beat")
      return this.#greetings.answer(envelope, message);
    const { port, settings } = this.#options;
    const again = this.#seen.note(message.id) || message.redelivered;
    const asked: Asked = { ...envelope, id: message.id, cause: port.newCause() };
    recordRequest(port, settings.queue, asked, message);
    const taken = this.#lanes.add(envelope.key, {
      barrier: barriers.has(envelope.command),
      afterAll: lastOfAll.has(envelope.command),
      run: () => this.#serve(asked, message, again),
    });
    if (taken) return;
    this.#error(asked, { code: "BUSY", words: "too many requests of this agent wait" });
  }

  onEvent(event: CtiEvent): void {
    this.#news.onEvent(event);
  }

  /** What peers tell. */
  get peersEvents(): PeersEvents {
    return this.#handOver;
  }

  get counts(): GcCounts {
    return this.#parts.voice.counts;
  }

  clients(): AdapterHealth["clients"] {
    const { roster, options } = this.#parts;
    return roster
      .destinations()
      .slice(0, 100)
      .map((name) => ({
        name,
        agents: roster.agentsAt(name),
        lastSeen: new Date(options.presence.lastSeen(name)).toISOString(),
      }));
  }

  /** How many destinations and agents there are. */
  get size(): { clients: number; agents: number } {
    const { roster } = this.#parts;
    return { clients: roster.destinations().length, agents: roster.held().size };
  }

  close(): void {
    this.#parts.leases.stop();
    this.#parts.service.close();
    this.#news.close();
  }

  /** Never rejects. */
  async #serve(asked: Asked, message: GcMessage, again: boolean): Promise<void> {
    try {
      await this.#work(asked, message, again);
    } catch (thrown) {
      const { code, message: words, why = "" } = toCtiError(thrown);
      this.#options.port.log("error", `${asked.command}: ${words} ${why}`, asked.key);
      this.#error(asked, { code: "GENERAL_ERROR", words: code });
    }
  }

  #work(asked: Asked, message: GcMessage, again: boolean): Promise<void> | undefined {
    const { voice } = this.#parts;
    const { key: agent } = asked;
    const parsed = parseRequest(asked.command, message.body);
    const connecting = parsed.ok && parsed.request.command === "connect" ? parsed.request : undefined;
    const named = asked.command === "connect" ? connectDestination(message.body) : undefined;
    if (isStale(message, this.#options)) {
      voice.counts.stale++;
      const error = { code: "STALE", words: "the request was too old when it came, and was not done" };
      return this.#error(asked, error, named);
    }
    if (connecting !== undefined) {
      this.#greetings.welcome(connecting.destination);
      return this.#signIn.connect(asked, connecting, parsed.json);
    }
    if (!parsed.ok && named !== undefined) return this.#error(asked, parsed, named);
    const entry = this.#parts.roster.get(agent) ?? this.#member(asked);
    if (entry === undefined)
      return this.#error(asked, {
        code: "NOT_CONNECTED",
        words: "no client has connected for this agent",
      });
    if (!parsed.ok) {
      if (parsed.code !== "UNKNOWN_COMMAND") return this.#error(asked, parsed, undefined, entry);
      const unknown = { ...asked, command: "unknown" };
      return this.#error(unknown, { code: asked.command, words: parsed.words }, undefined, entry);
    }
    return this.#answer(entry, parsed.request, parsed.json, asked, again);
  }

  #answer(
    entry: RosterEntry,
    request: GcRequest,
    json: boolean,
    asked: Asked,
    again: boolean,
  ): Promise<void> | undefined {
    const voice = this.#parts.voice.because(asked.cause);
    if (request.command === "login" || request.command === "mobileagentlogin")
      return this.#signIn.login(entry, request, json, asked);
    const command = commandOf(request, this.#parts, entry.agent);
    if (command !== undefined) {
      if (!again) return this.#commands.act(entry, request, command, asked);
      voice.counts.repeated++;
      this.#commands.again(entry, request, asked.cause);
      return undefined;
    }
    if (request.command === "getstate") voice.state(entry);
    else if (request.command === "getdialogstate") voice.call(entry, request.dialogId);
    else {
      const listed = this.#lists.answer(entry, request, voice);
      if (listed !== undefined) return listed;
      const words = "this connector does not offer that";
      voice.error(entry.destinations, entry.agent, request.command, { code: "NOT_SUPPORTED", words });
    }
    return undefined;
  }

  /** A member of a team whose supervisor is a client here: told to the supervisor. */
  #member({ command, key: agent }: Envelope): RosterEntry | undefined {
    const status = this.#options.port.status(agent);
    const team = status?.state?.team?.id;
    if (status === undefined || team === undefined || !forMembers.has(command)) return undefined;
    const supervisors = this.#parts.roster
      .all()
      .filter(
        ({ last }) => last !== undefined && isSupervisor(last) && last.teams.some(({ id }) => id === team),
      );
    if (supervisors.length === 0) return undefined;
    return {
      agent,
      destinations: new Set(supervisors.flatMap(({ destinations }) => [...destinations])),
      lapsed: new Set(),
      calls: new ToldCalls(agent),
      states: 0,
      toldState: undefined,
      last: status.state,
      extension: status.extension,
    };
  }

  /** Told to whoever may be waiting: the agent's clients, the one named in the request, those a peer knows. */
  #error(
    { command, key: agent, cause }: Asked,
    { code, words }: { code: string; words: string },
    named?: string,
    entry = this.#parts.roster.get(agent),
  ): undefined {
    const { rule, complaints } = this.#parts;
    const voice = this.#parts.voice.because(cause);
    const known = entry?.destinations ?? this.#options.peers.destinationsOf(agent);
    const all = new Set([...known, ...(named === undefined ? [] : [named])]);
    const destinations = [...all].filter((each) => rule.allows(each));
    if (destinations.length === 0)
      complaints.about("nobody", `${command}#${agent}: ${code}, and no client is known to tell`);
    voice.error(destinations, agent, command, { code, words });
  }

  #back(agent: string): void {
    const { roster, voice } = this.#parts;
    const entry = roster.get(agent);
    if (entry === undefined) return;
    voice.state(entry);
    voice.calls(entry);
  }
}
