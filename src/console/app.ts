import type { ControlClient } from "../control/client.ts";
import { isSignedOut } from "../model/agent.ts";
import type { Call } from "../model/call.ts";
import { CtiError, toCtiError } from "../model/errors.ts";
import type { CtiEvent } from "../model/events.ts";
import type { SessionSettings } from "../model/settings.ts";
import type { Clock } from "../platform/clock.ts";
import { isReleased } from "../model/call.ts";
import { triedBy } from "./guide/guide.ts";
import { LadderDesk } from "./ladder/ladder-desk.ts";
import { LogDesk } from "./log/log-desk.ts";
import { mouseOff, mouseOn } from "./mouse/reports.ts";
import { announce, copy, type Outlet, title } from "./notify.ts";
import { Attendance, type Parting } from "./store/attendance.ts";
import { commandOf, isCommand } from "./store/commands.ts";
import { Feed } from "./store/feed.ts";
import { Frames } from "./store/frames.ts";
import { ownAgent, ownCall } from "./store/reduce.ts";
import { type CommandIntent, type ConsoleState, flashTime, type Intent } from "./store/state.ts";
import { ConsoleStore } from "./store/store.ts";
import { words } from "./words.ts";

/** What the console asks of a connector. */
export type ConsoleControl = Pick<
  ControlClient,
  | "status"
  | "agent"
  | "events"
  | "eventPage"
  | "trace"
  | "login"
  | "command"
  | "reasons"
  | "phoneBook"
  | "callLayouts"
  | "queues"
  | "team"
  | "putLease"
  | "endLease"
  | "retryDeliveries"
>;

export interface AppOptions {
  /** The connector of the profile; nothing is started by it. */
  control: ConsoleControl;
  /** The same, started when none runs. */
  ensure: () => Promise<ConsoleControl>;
  /** All that a sign-in needs besides the password; throws what is wrong with the configuration. */
  settingsFor: (agent: string, extension: string) => Promise<SessionSettings>;
  initial: ConsoleState;
  clock: Clock;
  newKey: () => string;
  outlet: Outlet;
  /** Where exported files go when a relative path is given. */
  writeFile: (path: string, text: string) => Promise<string>;
  terminal: string | undefined;
  /** Leaves the screen. */
  onQuit: () => void;
}

/** Milliseconds between two readings of the team or the queues while they are shown. */
const listEvery = 5000;
/** Seconds a sign-in may take: it reads the agent, reasons and calls and waits for the link. */
const signInTime = 60;

/** Layouts of call data, asked for when an agent's link came up; `undefined` before they are there. */
interface LaidOut {
  /** Agent, and since when the link is up. */
  link: string;
  layouts: ConsoleState["layouts"];
}

/** The console without its picture: what keys mean is done here, and what happens comes in here. */
export class ConsoleApp {
  readonly store: ConsoleStore;
  readonly log: LogDesk;
  readonly ladder: LadderDesk;
  /** What was done at least once: the guide does not propose it again. */
  readonly tried = new Set<string>();
  readonly #options: AppOptions;
  readonly #frames: Frames;
  readonly #feed: Feed;
  readonly #attendance: Attendance;
  readonly #rung = new Set<string>();
  #laidOut: LaidOut | undefined;
  #cancels: (() => void)[] = [];
  #title = "";
  #mouse = false;
  #closed = false;
  /** Tones go one after the other: two requests beside each other may overtake. */
  #tones: Promise<unknown> = Promise.resolve();
  /** What was last typed into the sign-in form, the password aside. */
  #lastSignIn: { agent: string; extension: string } | undefined;

  constructor(options: AppOptions) {
    const { control, initial, clock } = options;
    this.#options = options;
    this.#frames = new Frames(clock);
    this.store = new ConsoleStore(initial, clock, this.#frames);
    this.log = new LogDesk({ control, clock, frames: this.#frames, say: (text) => this.#say(text) });
    if (initial.options.times === "relative") this.log.perform("times");
    this.ladder = new LadderDesk({ control, clock });
    this.#attendance = new Attendance({
      ...options,
      connected: () => this.store.now.link.state === "connected",
    });
    this.#feed = new Feed({
      control,
      store: this.store,
      clock,
      onStream: () => this.log.refresh(),
      onEvent: (event) => this.#onEvent(event),
    });
    this.store.subscribe(() => this.#follow());
  }

  get now(): number {
    return this.#options.clock.now();
  }

  /** What the sign-in form begins with, as far as somebody typed it here. */
  get lastSignIn(): { agent: string; extension: string } | undefined {
    return this.#lastSignIn;
  }

  start(): void {
    this.#useMouse(this.store.now.options.mouse);
    this.#feed.start();
    this.#attendance.start();
    this.#every(listEvery, () => this.#readList());
    this.#every(1000, () => {
      const { flash } = this.store.now;
      if (flash !== undefined && this.now - flash.at >= flashTime)
        this.store.hear({ type: "flash-over", now: this.now });
    });
  }

  /** Leaves: the agents stay as they are, and nobody here attends to them any more. Answers how it stands with them. */
  async close(): Promise<Parting> {
    if (this.#closed) return { agents: [], heard: true };
    this.#closed = true;
    this.#useMouse(false);
    for (const cancel of this.#cancels) cancel();
    this.#feed.close();
    this.log.close();
    this.ladder.close();
    this.store.close();
    this.#frames.close();
    return this.#attendance.leave(this.store.now.connector?.agents ?? []);
  }

  perform(intent: Intent): void {
    const { store, now } = this;
    this.tried.add(triedBy(intent));
    if (intent.do === "dtmf") {
      this.#tones = this.#tones.then(() => this.#command(intent));
      return;
    }
    if (isCommand(intent)) return void this.#command(intent);
    // Out of a text first, then out of the view.
    if (intent.do === "back" && store.now.overlays.length === 0 && this.#leaveText()) return;
    store.act({ type: "intent", intent, now });
    switch (intent.do) {
      case "sign-in":
        return void this.#signIn(intent);
      case "show":
      case "choose-agent":
        this.#readList();
        if (store.now.view === "ladder") this.#showLadder();
        return;
      case "open":
        return this.#readChoices(intent.overlay.kind);
      case "reload":
        this.#feed.retry();
        return void this.#feed.look().catch((error: unknown) => this.#fail(error));
      case "retry-deliveries":
        return void this.#retryDeliveries();
      case "copy":
        return this.#copy(intent.text);
      case "filter":
        return this.log.setFilter(intent.text);
      case "log":
        return this.#logOp(intent.op);
      case "ladder":
        return this.#ladderOp(intent.op);
      case "export":
        return void this.#export(intent.file, intent.format);
      case "quit":
        return this.#quit(intent.sure);
      default:
    }
  }

  #leaveText(): boolean {
    return this.store.now.view === "ladder" && this.ladder.back();
  }

  async #command(intent: CommandIntent): Promise<void> {
    const { store } = this;
    const { control, newKey } = this.#options;
    const agent = ownAgent(store.now)?.agent ?? store.now.agent;
    if (agent === undefined) return this.#say(words.noAgent, "warn");
    const id = newKey();
    store.act({ type: "ran", id, intent, now: this.now });
    try {
      const outcome = await control.command(agent, { command: commandOf(intent), idempotencyKey: id });
      store.act({ type: "outcome", id, outcome, now: this.now });
    } catch (thrown) {
      store.act({ type: "failed", id, error: toCtiError(thrown).toJSON(), now: this.now });
    }
  }

  async #signIn({ agent, extension, password }: Intent & { do: "sign-in" }): Promise<void> {
    const { settingsFor, ensure, newKey } = this.#options;
    const id = newKey();
    this.#lastSignIn = { agent, extension };
    this.#say(words.signingIn(agent));
    try {
      const settings = await settingsFor(agent, extension);
      const control = await ensure();
      this.#feed.retry();
      const outcome = await control.login(agent, {
        settings,
        password,
        idempotencyKey: id,
        timeout: signInTime,
        lease: this.#attendance.lease,
      });
      this.store.act({ type: "outcome", id, outcome, now: this.now });
      if (outcome.outcome === "refused") return this.#signInAgain();
      this.#attendance.attended(agent);
      this.store.act({ type: "intent", intent: { do: "choose-agent", agent }, now: this.now });
      await this.#feed.look();
    } catch (thrown) {
      this.#fail(thrown, id);
      this.#signInAgain();
    }
  }

  /** The form once more, with what was typed; what was wrong stands below it. */
  #signInAgain(): void {
    if (this.store.now.overlays.length === 0)
      this.store.act({ type: "intent", intent: { do: "open", overlay: { kind: "sign-in" } }, now: this.now });
  }

  #onEvent(event: CtiEvent): void {
    this.log.add(event);
    this.ladder.hear(event);
    const { agent } = this.store.now;
    if (!("call" in event) || agent === undefined || event.agent !== ownAgent(this.store.now)?.agent) return;
    const { call } = event;
    if (call.actions.includes("ANSWER") && !this.#rung.has(call.id)) {
      this.#rung.add(call.id);
      this.#ring(call);
    } else if (isReleased(call)) this.#rung.delete(call.id);
  }

  #ring(call: Call): void {
    const { outlet } = this.#options;
    announce(call, this.store.now.options, outlet);
  }

  /** What follows from a state that is shown: whom this console attends to, the window's title, the ladder. */
  #follow(): void {
    const state = this.store.now;
    if (state.agent === undefined) this.#chooseAgent(state);
    const status = ownAgent(state);
    const mine = status !== undefined && status.state !== undefined && !isSignedOut(status.state.state);
    if (state.link.state === "connected" && state.connector !== undefined)
      this.#attendance.forgetBut(state.connector.agents.map(({ agent }) => agent));
    // Who only watches attends to nobody.
    if (mine && !state.options.readOnly) this.#attendance.attend(status.agent);
    if (status?.link.state === "connected") this.#readLayouts(status.agent, status.link.since);
    const ringing = status?.calls.find(({ actions }) => actions.includes("ANSWER"));
    const text =
      ringing === undefined
        ? [status?.state?.state, status?.agent, words.title].filter((part) => part !== undefined).join(" · ")
        : `☎ ${words.ringing(ringing.customer ?? ringing.party)}`;
    if (text !== this.#title) {
      this.#title = text;
      title(text, this.#options.outlet);
    }
    if (state.view === "ladder") this.#showLadder();
    this.#useMouse(state.options.mouse);
  }

  /** The terminal tells of the mouse only where that is wanted: its own selecting is gone meanwhile. */
  #useMouse(wanted: boolean): void {
    if (wanted === this.#mouse) return;
    this.#mouse = wanted;
    this.#options.outlet.write(wanted ? mouseOn : mouseOff);
  }

  /** Nobody was named: the only one there is. */
  #chooseAgent({ connector }: ConsoleState): void {
    const [only, second] = connector?.agents ?? [];
    if (only !== undefined && second === undefined)
      this.store.act({ type: "intent", intent: { do: "choose-agent", agent: only.agent }, now: this.now });
  }

  #readChoices(kind: string): void {
    const agent = ownAgent(this.store.now)?.agent;
    if (agent === undefined) return;
    const { control } = this.#options;
    if (kind === "reasons" || kind === "wrap-up" || kind === "palette")
      void control.reasons(agent).then(
        (reasons) => this.store.act({ type: "reasons", reasons }),
        (error: unknown) => this.#fail(error),
      );
    // Colleagues' extensions, where the agent may see them.
    if (kind === "dial")
      void control.team(agent).then(
        (team) => this.store.act({ type: "team", team: { value: team, error: undefined, at: this.now } }),
        () => {},
      );
    if (kind === "dial" || kind === "palette")
      void control.phoneBook(agent).then(
        (contacts) => this.store.act({ type: "phone-book", contacts }),
        (error: unknown) => this.#fail(error),
      );
  }

  /** Once for each link to Finesse. Without them call data is shown as it comes, which is no trouble to tell of. */
  #readLayouts(agent: string, since: string): void {
    const { store } = this;
    const link = `${agent} ${since}`;
    if (this.#laidOut?.link === link) {
      const { layouts } = this.#laidOut;
      // Choosing an agent, if only the same one again, forgets them.
      if (layouts !== undefined && store.now.layouts === undefined) store.hear({ type: "layouts", layouts });
      return;
    }
    const asked: LaidOut = { link, layouts: undefined };
    this.#laidOut = asked;
    void this.#options.control.callLayouts(agent).then(
      (layouts) => {
        asked.layouts = layouts;
        if (this.#laidOut === asked) store.hear({ type: "layouts", layouts });
      },
      () => {},
    );
  }

  #readList(): void {
    const { view } = this.store.now;
    const agent = ownAgent(this.store.now)?.agent;
    if (agent === undefined || this.store.now.link.state !== "connected") return;
    const { control } = this.#options;
    const loaded = <Value>(value: Value | undefined, thrown?: unknown) => ({
      value,
      error: thrown === undefined ? undefined : toCtiError(thrown).toJSON(),
      at: this.now,
    });
    if (view === "team")
      void control.team(agent).then(
        (team) => this.store.hear({ type: "team", team: loaded(team) }),
        (error: unknown) => this.store.hear({ type: "team", team: loaded(undefined, error) }),
      );
    if (view === "queues")
      void control.queues(agent).then(
        (queues) => this.store.hear({ type: "queues", queues: loaded(queues) }),
        (error: unknown) => this.store.hear({ type: "queues", queues: loaded(undefined, error) }),
      );
  }

  #showLadder(): void {
    const state = this.store.now;
    const call = ownCall(state);
    const agent = ownAgent(state);
    this.ladder.show(call?.interaction, agent?.agent, agent?.extension);
  }

  #logOp(op: (Intent & { do: "log" })["op"]): void {
    if (op !== "copy") return this.log.perform(op);
    const text = this.log.textToCopy();
    if (text !== undefined) this.#copy(text);
  }

  #ladderOp(op: (Intent & { do: "ladder" })["op"]): void {
    if (op !== "copy") return this.ladder.perform(op);
    const text = this.ladder.textToCopy();
    if (text !== undefined) this.#copy(text);
  }

  #copy(text: string): void {
    copy(text, this.#options.outlet);
    this.#say(words.copied([...text].length), "good");
  }

  async #export(file: string, format: "svg" | "txt"): Promise<void> {
    try {
      this.#showLadder();
      const text = await this.ladder.exported(format);
      this.#say(words.written(await this.#options.writeFile(file, text)), "good");
    } catch (error) {
      this.#fail(error);
    }
  }

  async #retryDeliveries(): Promise<void> {
    try {
      const { done } = await this.#options.control.retryDeliveries({ query: { state: "owed" } });
      this.#say(words.triedAgain(done.length), "good");
    } catch (error) {
      this.#fail(error);
    }
  }

  #quit(sure: boolean): void {
    const onCall = ownAgent(this.store.now)?.calls.some((call) => !isReleased(call)) === true;
    if (sure || !onCall) return this.#options.onQuit();
    this.store.act({ type: "intent", intent: { do: "open", overlay: { kind: "quit" } }, now: this.now });
  }

  #say(text: string, level: "info" | "good" | "warn" = "info"): void {
    this.store.act({
      type: "intent",
      intent: { do: "say", message: { level, text, hint: undefined } },
      now: this.now,
    });
  }

  #fail(thrown: unknown, id?: string): void {
    const error = thrown instanceof CtiError ? thrown : toCtiError(thrown);
    this.store.act({ type: "failed", id, error: error.toJSON(), now: this.now });
  }

  #every(milliseconds: number, task: () => void): void {
    const { clock } = this.#options;
    let cancel = (): void => {};
    const again = (): void => {
      cancel = clock.after(milliseconds, () => {
        task();
        again();
      });
    };
    again();
    this.#cancels.push(() => cancel());
  }
}
