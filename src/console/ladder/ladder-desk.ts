import { toCtiError } from "../../model/errors.ts";
import type { CtiEvent } from "../../model/events.ts";
import type { Clock } from "../../platform/clock.ts";
import type { LadderOp } from "../store/state.ts";
import { words } from "../words.ts";
import type { Ladder, LadderSource } from "./contract.ts";
import { gatherLadder, type LadderClient } from "./gather.ts";
import { buildLadder } from "./ladder.ts";
import { ladderSvg } from "./ladder-svg.ts";
import { ladderText } from "./ladder-text.ts";
import { rawLines } from "./raw.ts";

/** What the pane is drawn from. The same object as long as nothing has changed. */
export interface LadderSnapshot {
  ladder: Ladder | undefined;
  chosen: number;
  /** The message of the chosen arrow, line by line, and the first line shown. */
  raw: { lines: readonly string[]; top: number } | undefined;
  loading: boolean;
  /** Why there is nothing to draw. */
  note: string | undefined;
}

/** Milliseconds of quiet after which a ladder that grows is read again. */
const readAfter = 300;
/** Steps that a page key goes. */
const page = 10;
const textWidth = 120;

/** The ladder that is shown: read, read again as its call goes on, walked through by keys. */
export class LadderDesk {
  readonly #client: LadderClient;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #of: { interaction: string; agent: string | undefined; extension: string | undefined } | undefined;
  #source: LadderSource | undefined;
  #snapshot: LadderSnapshot = {
    ladder: undefined,
    chosen: 0,
    raw: undefined,
    loading: false,
    note: words.noLadder,
  };
  #cancel: () => void = () => {};
  #pending = false;

  constructor({ control, clock }: { control: LadderClient; clock: Clock }) {
    this.#client = control;
    this.#clock = clock;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): LadderSnapshot => this.#snapshot;

  /** This interaction from now on; without one the last one stays. */
  show(interaction: string | undefined, agent: string | undefined, extension: string | undefined): void {
    if (interaction === undefined || interaction === this.#of?.interaction) return;
    this.#of = { interaction, agent, extension };
    this.#source = undefined;
    this.#change({ ladder: undefined, chosen: 0, raw: undefined, loading: true, note: undefined });
    void this.#read();
  }

  /** Something happened; the ladder may have grown. */
  hear(event: CtiEvent): void {
    const of = this.#of;
    if (of === undefined || this.#pending || this.#listeners.size === 0) return;
    const mine =
      event.agent === of.agent || ("delivery" in event && event.delivery.interaction === of.interaction);
    if (!mine) return;
    this.#pending = true;
    this.#cancel = this.#clock.after(readAfter, () => {
      this.#pending = false;
      void this.#read();
    });
  }

  perform(op: LadderOp): void {
    const { raw } = this.#snapshot;
    if (op === "reload") {
      this.#change({ loading: true });
      return void this.#read();
    }
    if (op === "raw") return raw === undefined ? this.#open() : this.#change({ raw: undefined });
    if (raw === undefined) this.#move(op);
    else this.#scroll(op, raw);
  }

  /** Esc: out of the raw text; false when there is nothing to leave. */
  back(): boolean {
    if (this.#snapshot.raw === undefined) return false;
    this.#change({ raw: undefined });
    return true;
  }

  textToCopy(): string | undefined {
    const { raw, ladder } = this.#snapshot;
    if (raw !== undefined) return raw.lines.join("\n");
    return ladder === undefined ? undefined : ladderText(ladder, textWidth);
  }

  async exported(format: "svg" | "txt"): Promise<string> {
    if (this.#snapshot.ladder === undefined) await this.#read();
    const { ladder, note } = this.#snapshot;
    if (ladder === undefined) throw toCtiError(new Error(note ?? words.noLadder));
    return format === "svg" ? ladderSvg(ladder) : ladderText(ladder, textWidth);
  }

  close(): void {
    this.#cancel();
    this.#listeners.clear();
  }

  async #read(): Promise<void> {
    const of = this.#of;
    if (of === undefined) return;
    const { interaction, extension } = of;
    try {
      const source = await gatherLadder(this.#client, {
        interaction,
        ...(extension !== undefined && { extension }),
      });
      if (this.#of !== of) return;
      const ladder = buildLadder(source);
      const before = this.#snapshot;
      // Whoever stands at the end stays there while it grows.
      const atEnd = before.ladder === undefined || before.chosen >= before.ladder.steps.length - 1;
      const last = Math.max(0, ladder.steps.length - 1);
      this.#source = source;
      this.#change({
        ladder,
        chosen: atEnd ? last : Math.min(before.chosen, last),
        loading: false,
        note: undefined,
      });
    } catch (error) {
      if (this.#of === of) this.#change({ loading: false, note: toCtiError(error).message });
    }
  }

  #open(): void {
    const { ladder, chosen } = this.#snapshot;
    const step = ladder?.steps[chosen];
    if (step === undefined || this.#source === undefined) return;
    this.#change({ raw: { lines: rawLines(step, this.#source), top: 0 } });
  }

  #move(op: LadderOp): void {
    const { ladder, chosen } = this.#snapshot;
    const last = Math.max(0, (ladder?.steps.length ?? 0) - 1);
    this.#change({ chosen: moved(op, chosen, last) });
  }

  #scroll(op: LadderOp, raw: NonNullable<LadderSnapshot["raw"]>): void {
    this.#change({ raw: { ...raw, top: moved(op, raw.top, Math.max(0, raw.lines.length - 1)) } });
  }

  #change(change: Partial<LadderSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function moved(op: LadderOp, at: number, last: number): number {
  const by = { up: -1, down: 1, "page-up": -page, "page-down": page, start: -Infinity, end: Infinity }[
    op as "up"
  ];
  return Math.max(0, Math.min(last, at + (by ?? 0)));
}
