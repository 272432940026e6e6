import { expect } from "bun:test";
import type { Delivery, SendResult } from "../../../src/crm/adapter.ts";
import type { DeliveryPolicy } from "../../../src/model/delivery.ts";
import type { Act } from "./acts.ts";
import { Fate, Witness } from "./fate.ts";
import { draft, type Life, type OpenTry, Stage, turn } from "./stage.ts";

interface Sending {
  life: number;
  at: number;
  outcome: SendResult["result"] | "open";
}

interface Known {
  policy: DeliveryPolicy;
  key: string;
  call: string;
  at: number;
  byEvent: number | undefined;
  /** `maybe`: the worker died as it was owed, or the disk failed. */
  kept: "yes" | "maybe" | "no";
  isOver: boolean;
  isDiscarded: boolean;
  isRevived: boolean;
  id: string | undefined;
  tries: Sending[];
}

/** Plays a story over any number of lives of the worker, and holds it to the rules of design §5.4. */
export class Story {
  readonly #stage = new Stage();
  readonly #known: Known[] = [];
  readonly #firsts = new Map<string, number[]>();
  #fates: number[];
  #fate = new Fate(Infinity);
  #life: Life;
  #lives = 0;
  /** Found while the CRM was called, where nobody catches it. */
  #fault: unknown;
  #events = 0;
  #diskFailed = false;

  /** `fates`: after how many steps each life ends, the last one apart. */
  constructor(fates: readonly number[]) {
    this.#fates = [...fates];
    this.#life = this.#born();
  }

  async play(story: readonly Act[]): Promise<void> {
    for (const act of story) {
      const done = this.#act(act);
      // Else nothing happens in between, and a kill comes in the same breath.
      if (done !== undefined) await done;
      if (this.#fate.isDead) this.#restart();
      this.#look();
    }
    this.#fates = [];
    this.#restart();
    await this.#finish();
  }

  remove(): void {
    this.#stage.remove();
  }

  #act(act: Act): Promise<void> | undefined {
    const { deliveries, desk, clock, crm } = this.#life;
    switch (act.do) {
      case "add":
        return void this.#add(act);
      case "turn":
        return turn();
      case "wait":
        return void clock.advance(act.time);
      case "answer": {
        const open = crm.open[act.which];
        if (open !== undefined) this.#answer(open, act.result);
        return undefined;
      }
      case "wake":
        return void deliveries.wake("crm", act.key);
      case "over":
        return void this.#over(act.event, act.call);
      case "discard": {
        const found = desk.list({}, 10).deliveries[act.which];
        if (found === undefined) return undefined;
        this.#of(found).isDiscarded = true;
        desk.discard({ ids: [found.id] });
        return undefined;
      }
      case "retry":
        for (const { text, policy } of desk.list({ state: "missed" }, 1000).deliveries)
          if (policy === "record") this.#of({ text }).isRevived = true;
        desk.retry({ query: {} });
        return undefined;
      case "disk":
        this.#fate.setDisk(act.fails);
        this.#diskFailed ||= act.fails;
        return undefined;
      case "kill":
        this.#fate.isDead = true;
        return undefined;
      case "end":
        return this.#end();
    }
  }

  #answer(open: OpenTry, result: SendResult["result"]): void {
    const last = this.#of(open.delivery).tries.at(-1);
    if (last === undefined) throw new Error("it was never sent");
    last.outcome = result;
    if (result === "sent") this.#taken(open.delivery);
    void open.answer(result === "sent" ? { result } : { result, why: "so" });
  }

  #add({ event, policy, key: lane, call: about, count }: Act & { do: "add" }): void {
    const numbers: number[] = [];
    if (event) this.#events += 1;
    for (let each = 0; each < count; each++) {
      numbers.push(this.#known.length);
      this.#known.push({
        policy,
        key: lane,
        call: about,
        at: this.#life.clock.now(),
        byEvent: event ? this.#events : undefined,
        kept: "maybe",
        isOver: false,
        isDiscarded: false,
        isRevived: false,
        id: undefined,
        tries: [],
      });
    }
    this.#do(event, (out) => {
      for (const number of numbers) {
        out.add(draft(`${number}`, { policy, key: lane, interaction: about }));
        out.keep(`${number}`, number);
      }
    });
    if (this.#fate.isDead || this.#fate.diskFails) return;
    for (const number of numbers) this.#at(number).kept = "yes";
  }

  #over(event: boolean, about: string): void {
    if (event) this.#events += 1;
    this.#do(event, (out) => out.expirePops(about));
    if (this.#fate.isDead) return;
    // With a disk that fails it counts for this life.
    for (const known of this.#known)
      if (known.policy === "pop" && known.call === about && !this.#fate.diskFails) known.isOver = true;
  }

  #do(event: boolean, work: Parameters<Life["owe"]>[0]): void {
    if (event) this.#life.event(this.#events, work);
    else this.#life.owe(work);
  }

  async #end(): Promise<void> {
    const { deliveries, clock } = this.#life;
    const ended = deliveries.end(1000);
    await turn();
    clock.advance(1000);
    await turn();
    clock.advance(250);
    await ended;
    this.#fate.isDead = true;
  }

  #born(before?: Life): Life {
    const fate = new Fate(this.#fates.shift() ?? Infinity);
    this.#fate = fate;
    this.#lives += 1;
    const crm = new Witness(
      fate,
      (delivery) => {
        try {
          this.#onSend(delivery);
        } catch (error) {
          this.#fault ??= error;
        }
      },
      (open) => {
        const isAnswered = !crm.open.includes(open);
        if (!isAnswered) this.#answer(open, open.delivery.policy === "pop" ? "rejected" : "retry");
      },
    );
    return this.#stage.live(
      { store: (directory) => fate.store(directory), crm, keepRecords: 60_000 },
      before,
    );
  }

  #restart(): void {
    this.#fate.isDead = true;
    this.#check();
    do this.#life = this.#born(this.#life);
    while (this.#fate.isDead);
    // What the disk knew not of is gone, and must not come back.
    const kept = this.#life.deliveries.kept("crm");
    for (const [number, known] of this.#known.entries())
      if (known.kept === "maybe") known.kept = kept.has(`${number}`) ? "yes" : "no";
  }

  /** What lies on the disk between two lives. */
  #check(): void {
    const ids = this.#stage.look<{ json: string }>("SELECT json FROM deliveries ORDER BY ord");
    const texts = new Set(ids.map(({ json }) => (JSON.parse(json) as Delivery).text));
    const kept = this.#stage.look<{ name: string }>("SELECT name FROM adapter_state");
    const names = new Set(kept.map(({ name }) => name));
    const events = this.#stage.look<{ json: string }>(
      "SELECT json FROM events WHERE type = 'session.connecting'",
    );
    const seen = new Set(events.map(({ json }) => (JSON.parse(json) as { attempt: number }).attempt));
    for (const [number, known] of this.#known.entries()) {
      const text = `${number}`;
      if (texts.has(text)) expect(names.has(text)).toBe(true);
      if (known.kept === "yes") expect(names.has(text)).toBe(true);
      if (known.byEvent !== undefined && seen.has(known.byEvent)) expect(names.has(text)).toBe(true);
      if (names.has(text) && !texts.has(text)) expect(this.#isEnded(known)).toBe(true);
    }
  }

  #isEnded({ isDiscarded, tries }: Known): boolean {
    return isDiscarded || tries.some(({ outcome }) => outcome === "sent");
  }

  #onSend(delivery: Delivery): void {
    const known = this.#of(delivery);
    const now = this.#life.clock.now();
    expect(known.kept).not.toBe("no");
    known.id ??= delivery.id;
    expect(delivery.id).toBe(known.id);
    for (const each of this.#known)
      if (each.key === known.key)
        expect(each.tries.some(({ life, outcome }) => life === this.#lives && outcome === "open")).toBe(
          false,
        );
    if (known.policy === "pop") {
      expect(known.tries.every(({ outcome }) => outcome === "retry")).toBe(true);
      expect(now - known.at).toBeLessThan(15_000);
      expect(known.isOver).toBe(false);
    }
    known.tries.push({ life: this.#lives, at: now, outcome: "open" });
  }

  #taken({ text }: Delivery): void {
    const known = this.#at(Number(text));
    const firsts = this.#firsts.get(known.key) ?? [];
    this.#firsts.set(known.key, firsts);
    if (known.isRevived || firsts.includes(Number(text))) return;
    // That it was rejected could not be written: it comes again after a restart, behind what went out meanwhile.
    if (this.#diskFailed && known.tries.some(({ outcome }) => outcome === "rejected")) return;
    expect(firsts.at(-1) ?? -1).toBeLessThan(Number(text));
    firsts.push(Number(text));
  }

  /** Counts are right at any time. */
  #look(): void {
    if (this.#fault !== undefined) throw this.#fault;
    const { desk, deliveries } = this.#life;
    const all = desk.list({}, 1000).deliveries;
    const owed = all.filter(({ state }) => state === "owed").length;
    expect(desk.counts()).toMatchObject({ owed, missed: all.length - owed });
    expect(owed).toBe([...deliveries.owed()].length);
    expect(new Set(all.map(({ text }) => text)).size).toBe(all.length);
    const there = new Set(all.map(({ text }) => text));
    // Nothing is silently gone.
    for (const [number, known] of this.#known.entries())
      if (known.kept !== "no" && !there.has(`${number}`)) expect(this.#isEnded(known)).toBe(true);
  }

  /** With a CRM that takes everything nothing stays owed. */
  async #finish(): Promise<void> {
    const { crm, deliveries, desk } = this.#life;
    for (const lane of ["1001", "1002"]) deliveries.wake("crm", lane);
    for (let tries = 0; tries < 200 && desk.counts().owed > 0; tries++) {
      await turn();
      while (crm.open.length > 0) this.#act({ do: "answer", which: 0, result: "sent" });
    }
    await turn();
    expect(this.#life.desk.counts().owed).toBe(0);
    this.#look();
    this.#check();
    expect(this.#stage.look("SELECT id FROM deliveries WHERE state = 'owed'")).toEqual([]);
    const missed = this.#stage.look("SELECT id FROM deliveries WHERE state = 'missed'");
    expect(missed).toHaveLength(this.#life.desk.counts().missed);
  }

  #of({ text }: { text: string }): Known {
    return this.#at(Number(text));
  }

  #at(number: number): Known {
    const known = this.#known[number];
    if (known === undefined) throw new Error(`${number} was never owed`);
    return known;
  }
}
