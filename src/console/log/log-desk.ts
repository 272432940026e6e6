import type { ControlClient } from "../../control/client.ts";
import type { CtiEvent } from "../../model/events.ts";
import { type Clock, systemClock } from "../../platform/clock.ts";
import { plain } from "../../platform/terminal.ts";
import { eventText } from "../../words/event-text.ts";
import type { Row } from "../overlays/cells.ts";
import { editField, fieldOf, fieldRow, pasteInto, type TextField } from "../overlays/text-field.ts";
import { Frames } from "../store/frames.ts";
import type { LogOp } from "../store/state.ts";
import { type Detail, detailRows, detailText, openDetail, scrollDetail } from "./detail.ts";
import { filterRow, logBody, logRows } from "./log-rows.ts";
import { logWords } from "./log-words.ts";
import type { Times } from "./row.ts";
import type { LogSnapshot } from "./snapshot.ts";
import { EventWindow, type EventWindowOptions } from "./window.ts";
import { readWire } from "./wire.ts";

export interface LogDeskOptions extends EventWindowOptions {
  control: Pick<ControlClient, "eventPage" | "trace">;
  /** What a key could not do, in words. */
  say: (text: string) => void;
  clock?: Clock;
  /** What live events change is drawn with these. */
  frames?: Frames;
}

/** How the log is drawn. `rows` with its title; `now`: milliseconds since the epoch. */
export interface LogPlace {
  columns: number;
  rows: number;
  focused: boolean;
  now: number;
}

/** The event log's own state, and what keys do to it: the window over the journal, the opened event, the filter as it is typed. */
export class LogDesk {
  readonly #window: EventWindow;
  readonly #control: LogDeskOptions["control"];
  readonly #say: (text: string) => void;
  readonly #frames: Frames;
  readonly #listeners = new Set<() => void>();
  #version = 0;
  #detail: Detail | undefined;
  #field: TextField | undefined;
  #times: Times = "absolute";
  #attended = false;
  #size = { columns: 80, rows: 20 };
  /** A live event is being told. */
  #hearing = false;

  constructor({ control, say, clock = systemClock, frames, ...options }: LogDeskOptions) {
    this.#control = control;
    this.#say = say;
    this.#frames = frames ?? new Frames(clock);
    this.#window = new EventWindow(control, options);
    this.#window.subscribe((calm) => (this.#hearing || calm ? this.#frames.soon(this.#show) : this.#show()));
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Another number whenever there is something new to draw. */
  readonly version = (): number => this.#version;

  /** Reads the newest events; and again whenever the stream of live ones was opened anew. */
  refresh(): void {
    this.#window.refresh();
  }

  /** A live event. */
  add(event: CtiEvent): void {
    this.#hearing = true;
    this.#window.add(event);
    this.#hearing = false;
  }

  setFilter(text: string): void {
    this.#window.setFilter(text);
  }

  /** Whether it is on the screen and has the keys; while not, `press` takes none, and no filter is being typed. */
  attend(attended: boolean): void {
    this.#attended = attended;
    if (attended || this.#field === undefined) return;
    this.#field = undefined;
    this.#show();
  }

  /** A key before it means anything else: the filter's while one is typed, Esc to take away what lies on top. False: not taken. */
  press(key: string): boolean {
    if (!this.#attended) return false;
    if (this.#field !== undefined) return this.#type(this.#field, key);
    if (key !== "esc") return false;
    if (this.#detail !== undefined) this.#detail = undefined;
    else if (this.#window.filter.text !== "") this.setFilter("");
    else return false;
    this.#show();
    return true;
  }

  /** A paste goes into the filter while one is typed. False: not taken. */
  paste(text: string): boolean {
    if (!this.#attended || this.#field === undefined) return false;
    this.#typed(pasteInto(this.#field, text));
    return true;
  }

  perform(op: Exclude<LogOp, "copy">): void {
    switch (op) {
      case "detail":
        this.#open("fields");
        break;
      case "raw":
        this.#open("wire");
        break;
      case "filter":
        this.#detail = undefined;
        this.#field = fieldOf(this.#window.filter.text);
        break;
      case "times":
        this.#times = this.#times === "absolute" ? "relative" : "absolute";
        break;
      default:
        if (this.#detail === undefined) this.#move(op);
        else this.#scroll(this.#detail, op);
    }
    this.#show();
  }

  /** Chooses an event on the screen, counted from 0; not while one is opened. */
  choose(row: number): void {
    if (this.#detail === undefined) this.#window.choose(row);
  }

  /** What `y` copies: the chosen event's line, the opened event as JSON, or the messages as recorded. */
  textToCopy(): string | undefined {
    const event = this.#window.current;
    const text = this.#detail !== undefined ? detailText(this.#detail) : event && eventText(event, plain);
    if (text !== undefined && text !== "") return text;
    this.#say(logWords.nothingToCopy);
    return undefined;
  }

  /** The log, or what is opened of it, in exactly `rows` lines. */
  draw({ columns, rows, focused, now }: LogPlace): Row[] {
    this.#size = { columns, rows };
    if (this.#detail !== undefined) return detailRows(this.#detail, columns, rows, focused);
    const snapshot = this.snapshot(rows);
    const lines = logRows(snapshot, { columns, rows, focused, now, times: this.#times });
    if (this.#field === undefined || rows <= 0) return lines;
    const field = fieldRow(this.#field, Math.max(1, Math.floor(columns * 0.6)));
    return [filterRow(field, snapshot, columns), ...lines.slice(1)];
  }

  /** What is drawn in so many rows, the title's included. */
  snapshot(rows: number): LogSnapshot {
    return this.#window.snapshot(logBody(rows));
  }

  close(): void {
    this.#frames.done(this.#show);
    this.#listeners.clear();
  }

  #type(field: TextField, key: string): boolean {
    switch (key) {
      case "enter":
        this.#field = undefined;
        break;
      case "esc":
        this.#field = undefined;
        this.setFilter("");
        break;
      case "up":
      case "down":
      case "page-up":
      case "page-down":
        this.#move(key);
        break;
      default: {
        const next = editField(field, key);
        if (next === undefined) return false;
        this.#typed(next);
      }
    }
    this.#show();
    return true;
  }

  #typed(field: TextField): void {
    const before = this.#field?.text;
    this.#field = field;
    if (field.text !== before) this.setFilter(field.text);
    else this.#show();
  }

  #move(op: LogOp): void {
    switch (op) {
      case "up":
        return this.#window.move(-1);
      case "down":
        return this.#window.move(1);
      case "page-up":
        return this.#window.movePage(-1);
      case "page-down":
        return this.#window.movePage(1);
      case "start":
        return this.#window.start();
      case "end":
        return this.#window.end();
      case "pause":
        return this.#window.togglePause();
      default:
    }
  }

  #scroll(detail: Detail, op: LogOp): void {
    const { columns, rows } = this.#size;
    const page = Math.max(1, rows - 2);
    const steps: Partial<Record<LogOp, number>> = {
      up: -1,
      down: 1,
      "page-up": -page,
      "page-down": page,
      start: Number.NEGATIVE_INFINITY,
      end: Number.POSITIVE_INFINITY,
    };
    this.#detail = scrollDetail(detail, steps[op] ?? 0, columns, rows);
  }

  /** Opens the chosen event; what is open already goes back to the list. */
  #open(shows: Detail["shows"]): void {
    const open = this.#detail;
    if (open?.shows === shows) {
      this.#detail = undefined;
      return;
    }
    const event = open?.event ?? this.#window.current;
    if (event === undefined) return this.#say(logWords.nothingChosen);
    this.#detail = { ...(open ?? openDetail(event, shows)), shows, top: 0 };
    if (shows === "wire" && this.#detail.wire?.state !== "there") void this.#readWire(event);
  }

  async #readWire(event: CtiEvent): Promise<void> {
    if (this.#detail !== undefined) this.#detail = { ...this.#detail, wire: { state: "loading" } };
    const wire = await readWire(this.#control, event);
    // Somebody may have gone on to another one meanwhile.
    if (this.#detail?.event !== event) return;
    this.#detail = { ...this.#detail, wire };
    this.#show();
  }

  readonly #show = (): void => {
    this.#frames.done(this.#show);
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  };
}
