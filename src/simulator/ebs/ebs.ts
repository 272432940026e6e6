import { CtiError } from "../../model/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import type { CalloutArguments, CalloutName } from "./callouts.ts";
import { contentTypeProblem, type RawEvent, readCctsdk, utf8 } from "./cctsdk.ts";
import type { CalloutRecord, Complaint, EbsEvent, Happening, Problem, SeatState } from "./contract.ts";
import type { Customer } from "./customers.ts";
import { eventProblems } from "./event-rules.ts";
import { type EbsFault, faultText } from "./faults.ts";
import { History } from "./history.ts";
import type { Interaction } from "./interaction.ts";
import type { Delivery } from "./listener.ts";
import type { SeatClient } from "./seat-client.ts";
import { calloutText, interactionText, resultText } from "./telling.ts";

/**
 * EBS as its users and its judge see it: seats, Interaction History, and everything that was ever received, sent and complained of. What it
 * hands out are copies: a test may do with them what it likes.
 */
export class Ebs {
  readonly #clock: Clock;
  readonly #seats = new Map<string, SeatClient>();
  readonly #history: History;
  readonly #events: EbsEvent[] = [];
  readonly #complaints: Complaint[] = [];
  readonly #callouts: CalloutRecord[] = [];
  readonly #watchers = new Set<(happening: Happening | undefined) => void>();

  constructor(clock: Clock, customers: readonly Customer[]) {
    this.#clock = clock;
    this.#history = new History(customers);
  }

  addSeat(client: SeatClient): void {
    this.#seats.set(client.seat.agent, client);
  }

  seats(): SeatState[] {
    return [...this.#seats.values()].map((client) => client.state());
  }

  /** One interaction for each occtSourceID, in the order of their first event. */
  history(): Interaction[] {
    return this.#history.all();
  }

  /** Every event received, in order. */
  events(): EbsEvent[] {
    return this.#events.map((event) => ({ ...event, data: { ...event.data } }));
  }

  complaints(): Complaint[] {
    return this.#complaints.map((complaint) => ({ ...complaint }));
  }

  /** Every callout sent, in the order of the replies. */
  callouts(): CalloutRecord[] {
    return this.#callouts.map((callout) => ({ ...callout, result: { ...callout.result } }));
  }

  /** Faults in force, by seat. */
  faults(): { agent: string; fault: string }[] {
    return [...this.#seats.values()].flatMap(({ seat, listener }) =>
      listener.fault === undefined ? [] : [{ agent: seat.agent, fault: faultText(listener.fault) }],
    );
  }

  /** Calls `watcher` after each change, with what a person would be told of it, if anything; the returned function ends that. */
  watch(watcher: (happening: Happening | undefined) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Sends a callout for a seat. Throws `input-invalid` when there is no such seat; how it was answered is the result. */
  async callout(agent: string, name: CalloutName, given: CalloutArguments = {}): Promise<CalloutRecord> {
    const client = this.#seat(agent);
    const { record, problems } = await client.callout(name, given);
    this.#callouts.push(record);
    for (const { kind, text } of problems) this.#complain(agent, { kind, text: `${name}: ${text}` });
    if (name === "CheckStatus") this.#linkFound(client, record);
    else this.#tell({ type: "seat", agent, text: calloutText(record) });
    return record;
  }

  /** Register, Login and Ready; ends at the first that is not answered well. */
  async beginDay(agent: string): Promise<void> {
    for (const name of ["Register", "Login", "Ready"] as const) {
      const { result } = await this.callout(agent, name);
      if (result.outcome !== "ok") return;
    }
  }

  /** Breaks one seat's listener, or all. */
  async fail(fault: EbsFault, agent?: string): Promise<void> {
    for (const { seat, listener } of this.#chosen(agent)) {
      await listener.fail(fault);
      this.#tell({ type: "fault", agent: seat.agent, text: `listener: ${faultText(fault)}` });
    }
  }

  /** Mends one seat's listener, or all; answers the agents whose was broken. */
  async heal(agent?: string): Promise<string[]> {
    const broken = this.#chosen(agent).filter(({ listener }) => listener.fault !== undefined);
    for (const { seat, listener } of broken) {
      await listener.heal();
      this.#tell({ type: "fault", agent: seat.agent, text: "listener: works again" });
    }
    return broken.map(({ seat }) => seat.agent);
  }

  /** A POST at a seat's listener. */
  receive(agent: string, { contentType, body, fault }: Delivery): void {
    const type = contentTypeProblem(contentType);
    if (type !== undefined) this.#complain(agent, type);
    const { text, problem } = utf8(body);
    if (problem !== undefined) return this.#complain(agent, problem, { body: text });
    const { events, problems, readable } = readCctsdk(text);
    const nothing = readable && events.length === 0;
    const found: Problem[] = nothing
      ? [...problems, { kind: "no-event", text: "there is no event in it" }]
      : problems;
    for (const each of found) this.#complain(agent, each, readable && !nothing ? {} : { body: text });
    for (const event of events) this.#event(agent, event, fault);
  }

  /** A request at a seat's listener that was no delivery, or anything else to complain of. */
  complain(agent: string, problem: Problem): void {
    this.#complain(agent, problem);
  }

  #event(agent: string, { name, data, problems }: RawEvent, fault: string | undefined): void {
    const { fatal, others } = eventProblems(name, data);
    const about = { event: name, ...(data.occtSourceID !== undefined && { sourceId: data.occtSourceID }) };
    const at = this.#now();
    const taken = fatal.length === 0 && fault === undefined;
    this.#events.push({ at, agent, name, data, taken, ...(fault !== undefined && { fault }) });
    for (const problem of [...problems, ...fatal, ...others]) this.#complain(agent, problem, about);
    this.#changed();
    if (!taken) return;
    const client = this.#seat(agent);
    if (!client.registered) {
      const when = client.wasRegistered ? "after the Unregister" : "before a Register";
      this.#complain(agent, { kind: "not-registered", text: `${name} ${when} of agent ${agent}` }, about);
    }
    switch (name) {
      case "Error":
        return this.#tell({ type: "error", agent, text: `ERROR  ${errorText(data)}` });
      case "TelephonyEnabled":
      case "TelephonyDisabled":
        client.telephony = name === "TelephonyEnabled";
        return this.#tell({
          type: "telephony",
          agent,
          text: client.telephony ? "telephony enabled" : "telephony disabled",
        });
      case "ScreenPop":
      case "CallEstablished":
      case "CallReleased":
        this.#otherSeat(client, data, about);
        return this.#call({ name, data, at, seat: client.seat }, about);
      default:
    }
  }

  #call(event: Parameters<History["take"]>[0], about: Partial<Complaint>): void {
    const { agent } = event.seat;
    const step = this.#history.take(event);
    if (step.problem !== undefined) this.#complain(agent, step.problem, about);
    const text = interactionText(step);
    if (text !== undefined) this.#tell({ type: step.seen === "popped" ? "pop" : "interaction", agent, text });
    else this.#changed();
  }

  /** occtDNIS may be the dialled number where a site says so (reference §5.1), but not another seat's extension. */
  #otherSeat({ seat }: SeatClient, { occtDNIS }: Record<string, string>, about: Partial<Complaint>): void {
    const other = [...this.#seats.values()].find(({ seat: each }) => each.extension === occtDNIS)?.seat;
    if (other === undefined || other.agent === seat.agent) return;
    const text = `occtDNIS is ${other.extension}, agent ${other.agent}'s, and it came to agent ${seat.agent}`;
    this.#complain(seat.agent, { kind: "wrong-seat", text }, about);
  }

  #linkFound(client: SeatClient, { result, agent }: CalloutRecord): void {
    const before = client.link;
    client.link = result.outcome === "ok" ? "up" : "lost";
    if (client.link === "lost" && before !== "lost")
      this.#tell({ type: "link", agent, text: `link lost: CheckStatus ${resultText(result)}` });
    else if (client.link === "up" && before === "lost")
      this.#tell({ type: "link", agent, text: "link found again" });
    else this.#changed();
  }

  #complain(agent: string, { kind, text }: Problem, about: Partial<Complaint> = {}): void {
    this.#complaints.push({ at: this.#now(), agent, kind, text, ...about });
    this.#tell({ type: "complaint", agent, text: `COMPLAINT  ${text}` });
  }

  #tell(happening: Happening): void {
    this.#changed(happening);
  }

  #changed(happening?: Happening): void {
    for (const watcher of [...this.#watchers]) watcher(happening);
  }

  #chosen(agent: string | undefined): SeatClient[] {
    return agent === undefined ? [...this.#seats.values()] : [this.#seat(agent)];
  }

  #seat(agent: string): SeatClient {
    const client = this.#seats.get(agent);
    if (client !== undefined) return client;
    throw new CtiError({
      code: "input-invalid",
      message: `there is no seat of agent ${agent}`,
      hint: `one of: ${[...this.#seats.keys()].join(", ")}`,
    });
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

function errorText({ occtErrorMsg = "", KeyErrorDetails }: Record<string, string>): string {
  const details = KeyErrorDetails === undefined ? "" : ` (${KeyErrorDetails.trim()})`;
  return `${occtErrorMsg.trim()}${details}`;
}
