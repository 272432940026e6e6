import { isReleased } from "../../model/call.ts";
import type { CtiEvent } from "../../model/events.ts";
import { maskText } from "../../platform/redact.ts";
import type { CtiPort, Delivery, Json, Outbox, SendResult } from "../adapter.ts";
import { eventXml } from "./cctsdk.ts";
import type { EbsSettings, Note, Registration } from "./contract.ts";
import type { EventPost } from "./post.ts";
import { recordPost } from "./record.ts";
import { placeKey, type Registrations } from "./registrations.ts";
import { customerNumber, popData } from "./screen-pop.ts";
import { type CallEvent, type CallMessage, tell } from "./told.ts";

export interface CallsOptions {
  settings: EbsSettings;
  port: CtiPort;
  registrations: Registrations;
  post: EventPost;
}

const prefix = "interaction:";
/** Milliseconds without a session of the agent after which his open interactions are closed: nobody will see their end. */
const orphanAfter = 10 * 60_000;
/** Milliseconds for which a message to the person at EBS is worth reading. */
const errorLifetime = 60_000;

/** What EBS is told of calls: owed when they change, made into XML when sent. */
export class Calls {
  readonly #options: CallsOptions;
  /** By interaction. */
  readonly #notes = new Map<string, Note>();
  /** What the last pop of an interaction shows, in memory only: it is the customer's data. */
  readonly #shown = new Map<string, string>();
  /** What was last shown of an interaction, likewise. */
  readonly #sent = new Map<string, string>();
  /** Since when an agent with open interactions has had no session. */
  readonly #absent = new Map<string, number>();

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  load(kept: ReadonlyMap<string, Json>): void {
    for (const [name, value] of kept)
      // Written by `#note` of this version.
      if (name.startsWith(prefix)) this.#notes.set(name.slice(prefix.length), value as never);
  }

  /** Interactions that EBS was told of and that have not ended. */
  get open(): number {
    return [...this.#notes.values()].filter(({ phase }) => phase !== "released").length;
  }

  owe(event: CtiEvent, out: Outbox): void {
    if (!("call" in event) || event.agent === undefined) return;
    const { registrations, port, settings } = this.#options;
    const { call, agent } = event;
    const known = this.#notes.get(call.interaction);
    const extension = port.status(agent)?.extension;
    const registration =
      known === undefined ? registrations.ofSession(agent, extension) : registrations.get(known.place);
    const place = known?.place ?? (registration === undefined ? undefined : placeKey(registration));
    if (place === undefined) return;
    const own = extension ?? registration?.extension ?? "";
    const shows = isReleased(call) ? "" : JSON.stringify(popData(call, own, settings));
    const before = this.#shown.get(call.interaction);
    const { phase, messages } = tell(known, event as CallEvent, {
      extension: own,
      now: port.clock.now(),
      // After a restart it is not known what was shown: a change from now on counts.
      news: before !== undefined && before !== shows,
    });
    if (phase === undefined || phase.phase === "released") {
      this.#shown.delete(call.interaction);
      this.#sent.delete(call.interaction);
    } else this.#shown.set(call.interaction, shows);
    const { popped = false } = known ?? {};
    this.#note(call.interaction, phase === undefined ? undefined : { place, agent, popped, ...phase }, out);
    // What EBS has never heard of need not end there.
    const isUnheard = known?.phase === "announced" && !known.popped && !messages.includes("CallEstablished");
    for (const message of messages) {
      if (message === "CallReleased" && isUnheard) out.expirePops(call.interaction);
      else this.#add(message, event as CallEvent, place, out);
    }
  }

  /** Every interaction of a place that is open at EBS ends there now. */
  release(place: string, out: Outbox): void {
    for (const [interaction, note] of this.#notes)
      if (note.place === place && note.phase !== "released") this.#close(interaction, note, out);
  }

  /** Closes what was left open by agents who never came back. */
  sweep(): void {
    const { port } = this.#options;
    const now = port.clock.now();
    const agents = new Set([...this.#notes.values()].map(({ agent }) => agent));
    for (const agent of this.#absent.keys()) if (!agents.has(agent)) this.#absent.delete(agent);
    for (const agent of agents) {
      if (port.status(agent) !== undefined) {
        this.#absent.delete(agent);
        continue;
      }
      const since = this.#absent.get(agent) ?? now;
      this.#absent.set(agent, since);
      if (now - since < orphanAfter) continue;
      port.owe((out) => {
        for (const [interaction, note] of this.#notes) {
          if (note.agent !== agent) continue;
          if (note.phase !== "released") {
            port.log("warn", `interaction ${interaction} closed at EBS: its end was not seen`, agent);
            this.#close(interaction, note, out);
          }
          this.#note(interaction, undefined, out);
        }
      });
    }
  }

  /** Words for the person at EBS, as an event; of no use after a minute. */
  say(
    registration: Registration,
    kind: "Error" | "TelephonyEnabled" | "TelephonyDisabled",
    words: string,
    out: Outbox,
    cause?: string,
  ): void {
    const { agent } = registration;
    out.add({
      kind,
      policy: "pop",
      key: placeKey(registration),
      text: words,
      agent: registration.session ?? agent,
      ...(cause !== undefined && { cause }),
      payload: { data: kind === "Error" ? [["occtErrorMsg", words]] : [] },
      lifetime: errorLifetime,
    });
  }

  async send(delivery: Delivery, signal: AbortSignal): Promise<SendResult> {
    const { registrations, post, port } = this.#options;
    const target = registrations.target(delivery.key);
    if (target === undefined) return { result: "retry", why: "EBS has not registered where its events go" };
    const data = this.#data(delivery);
    if (data === undefined) return { result: "retry", why: "the call has not been read again yet" };
    const { kind, policy, interaction = "" } = delivery;
    const shows = kind === "ScreenPop" ? JSON.stringify(data) : undefined;
    // Two changes in one moment: the first pop showed the second one too.
    if (shows !== undefined && shows === this.#sent.get(interaction))
      return { result: "sent", note: "shown already" };
    // Said before: when this process dies in between, EBS may have seen it.
    if (shows !== undefined) this.#popped(interaction, true);
    const onHeard = recordPost(port, delivery, `${target.name}:${target.port}`, data);
    const result = await post.post(target, eventXml(kind, data), policy, signal, onHeard);
    if (shows === undefined) return result;
    if (result.result === "sent" && this.#notes.has(interaction)) this.#sent.set(interaction, shows);
    if (result.result === "retry") this.#popped(interaction, this.#sent.has(interaction));
    return result;
  }

  /** `undefined`: it cannot be told yet. */
  #data({
    kind,
    interaction = "",
    agent = "",
    payload,
  }: Delivery): readonly (readonly [string, string])[] | undefined {
    // Written by `say`.
    if (typeof payload === "object" && payload !== null && "data" in payload)
      return payload.data as [string, string][];
    if (kind !== "ScreenPop") return [["occtSourceID", interaction]];
    // The customer's data are taken from the call as it is now: they are never on disk, and the newest are the best.
    const { port, settings } = this.#options;
    const status = port.status(agent);
    const call = status?.calls.find((each) => each.interaction === interaction);
    if (status === undefined || call === undefined || Object.values(call.variables).includes(maskText))
      return undefined;
    return popData(call, status.extension, settings);
  }

  #popped(interaction: string, popped: boolean): void {
    const note = this.#notes.get(interaction);
    if (note !== undefined && note.popped !== popped)
      this.#options.port.owe((out) => this.#note(interaction, { ...note, popped }, out));
  }

  #add(kind: CallMessage, { call, agent = "", cause }: CallEvent, key: string, out: Outbox): void {
    if (kind === "CallReleased") out.expirePops(call.interaction);
    out.add({
      kind,
      policy: kind === "ScreenPop" ? "pop" : "record",
      key,
      text: customerNumber(call),
      agent,
      interaction: call.interaction,
      ...(cause !== undefined && { cause }),
      payload: null,
    });
  }

  #close(interaction: string, note: Note, out: Outbox): void {
    out.expirePops(interaction);
    out.add({
      kind: "CallReleased",
      policy: "record",
      key: note.place,
      text: "its end was not seen",
      agent: note.agent,
      interaction,
      payload: null,
    });
    this.#note(interaction, { ...note, phase: "released" }, out);
  }

  #note(interaction: string, note: Note | undefined, out: Outbox): void {
    const before = this.#notes.get(interaction);
    if (note === undefined && before === undefined) return;
    if (note !== undefined && before !== undefined && Bun.deepEquals(note, before)) return;
    if (note === undefined) this.#notes.delete(interaction);
    else this.#notes.set(interaction, note);
    out.keep(`${prefix}${interaction}`, note === undefined ? undefined : { ...note });
  }
}
