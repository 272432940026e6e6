import { isSignedOut } from "../../model/agent.ts";
import { toCtiError } from "../../model/errors.ts";
import type { CtiEvent } from "../../model/events.ts";
import { type DeskParts, noteService } from "./desk-parts.ts";
import { commandOfVerb, refusalError } from "./errors.ts";
import type { RosterEntry } from "./roster.ts";

/** Milliseconds in which a peer says that it took the agent up, before clients hear of a stranger. */
const peerTime = 2000;

/** What sessions tell, told to the clients who work the agent (generic-connector.md §5). */
export class DeskNews {
  readonly #parts: DeskParts;
  /** Agents being signed in: what happens meanwhile waits for the answer. */
  readonly #held = new Map<string, CtiEvent[]>();
  readonly #conflicts = new Map<string, () => void>();

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Never throws. */
  onEvent(event: CtiEvent): void {
    if (event.agent === undefined) return;
    const { roster, options } = this.#parts;
    for (const entry of roster.ofSession(event.agent)) {
      const held = this.#held.get(entry.agent);
      if (held !== undefined) held.push(event);
      else {
        try {
          this.#tell(entry, event);
        } catch (error) {
          options.port.log("error", `cannot tell ${event.type}: ${toCtiError(error).why ?? ""}`, entry.agent);
        }
      }
    }
  }

  hold(agent: string): void {
    this.#held.set(agent, []);
  }

  /** Tells what waited: all of it, or calls and service only, when the state is told otherwise. Answers the dialogs told. */
  release(agent: string, what: "all" | "calls"): Set<string> {
    const events = this.#held.get(agent) ?? [];
    this.#held.delete(agent);
    const entry = this.#parts.roster.get(agent);
    const told = new Set<string>();
    if (entry === undefined) return told;
    for (const event of events) {
      if (what === "calls" && event.type === "agent.changed") continue;
      this.#tell(entry, event);
      if ("call" in event) told.add(event.call.id);
    }
    return told;
  }

  /** The agent is nobody's here any more. */
  forget(agent: string): void {
    this.#conflicts.get(agent)?.();
    this.#conflicts.delete(agent);
    this.#parts.service.forget(agent);
  }

  close(): void {
    for (const cancel of this.#conflicts.values()) cancel();
    this.#conflicts.clear();
  }

  #tell(entry: RosterEntry, event: CtiEvent): void {
    const { service } = this.#parts;
    const voice = this.#parts.voice.because(event.cause);
    const { agent } = entry;
    switch (event.type) {
      case "agent.changed":
        return this.#state(entry, event);
      case "call.started":
      case "call.changed":
      case "call.released":
      case "call.ended":
        return this.#call(entry, event);
      case "session.signed-out":
        // Told by the change of state as a rule.
        if (!isSignedOut(entry.toldState)) voice.state(entry);
        entry.lapsed = new Set(entry.destinations);
        return service.forget(agent);
      case "session.disconnected":
        return service.note(agent, { link: false });
      case "service.out-of-service":
        return service.note(agent, { service: false });
      case "service.in-service":
        return service.note(agent, { service: true });
      case "session.connected":
        this.#endConflict(agent);
        return noteService(this.#parts, agent);
      case "session.conflict":
        return this.#conflict(entry);
      case "session.unattended":
        return voice.toClients(entry, {
          event: "Control",
          agent,
          words: `no client for ${event.after} s: ${event.then}`,
        });
      case "command.failed":
        return voice.error(entry.destinations, agent, commandOfVerb(event.verb), refusalError(event.refusal));
      default:
    }
  }

  #state(entry: RosterEntry, { state, cause }: Extract<CtiEvent, { type: "agent.changed" }>): void {
    const { options } = this.#parts;
    const voice = this.#parts.voice.because(cause);
    entry.last = state;
    // On the way in: no client knows it, and the next state comes at once.
    if (state.state === "LOGIN") return;
    entry.extension = state.extension ?? options.port.status(entry.agent)?.extension ?? entry.extension;
    const again = state.state === "LOGOUT" && entry.toldState === "LOGOUT";
    entry.toldState = state.state;
    if (again) return;
    entry.states++;
    voice.toClients(entry, { event: "State", agent: entry.agent, state, extension: entry.extension });
  }

  #call(
    entry: RosterEntry,
    event: Extract<CtiEvent, { type: "call.started" | "call.changed" | "call.released" | "call.ended" }>,
  ): void {
    const { options } = this.#parts;
    const voice = this.#parts.voice.because(event.cause);
    const { calls: open = [], extension = entry.extension } = options.port.status(entry.agent) ?? {};
    const isOver = event.type === "call.released" || event.type === "call.ended";
    const events = isOver
      ? entry.calls.over(event.call, extension)
      : entry.calls.changed(event.call, extension, open);
    for (const each of events) voice.toClients(entry, each);
  }

  /** Another seat took the agent. When it was a peer's, its clients are there and ours know. */
  #conflict(entry: RosterEntry): void {
    const { options, roster, voice } = this.#parts;
    const { agent } = entry;
    this.#endConflict(agent);
    const cancel = options.port.clock.after(peerTime, () => {
      this.#conflicts.delete(agent);
      const now = roster.get(agent);
      if (now === undefined || options.peers.destinationsOf(agent).length > 0) return;
      voice.error(now.destinations, agent, "session", {
        code: "SIGNED_IN_ELSEWHERE",
        words: "the agent is signed in elsewhere: Connect and Login take him back",
      });
    });
    this.#conflicts.set(agent, cancel);
  }

  #endConflict(agent: string): void {
    this.#conflicts.get(agent)?.();
    this.#conflicts.delete(agent);
  }
}
