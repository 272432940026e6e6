import type { Stage } from "./actors.ts";
import type { Streams } from "./streams.ts";
import { fairWeather, type Weather } from "./weather.ts";

/** How often each kind of fault begins, against the others. */
const kinds = {
  "stream cut": 8,
  "stream half-open": 4,
  "network down": 3,
  "network silent": 3,
  "stream stalled": 4,
  "slow network": 4,
  "lossy events": 5,
  "doubled events": 4,
  "reordered events": 5,
  "lossy REST": 6,
  "bad gateway": 2,
  "worker kill": 4,
  "worker kill at a write": 5,
  "CTI out of service": 3,
  "slow CTI": 4,
  "late refusal": 5,
  "slow publishing": 2,
  "web application down": 2,
  "name taken": 1,
} as const;

export type FaultKind = keyof typeof kinds;

/** Breaks things, one after the other and on top of each other, and mends each after a while. */
export class Mischief {
  readonly #stage: Stage;
  readonly #streams: Streams;
  readonly #weather: Weather;
  readonly #mend = new Set<() => void>();
  #stopped = false;

  constructor(stage: Stage, streams: Streams, weather: Weather) {
    this.#stage = stage;
    this.#weather = weather;
    this.#streams = streams;
    this.#next();
  }

  /** No more faults, and those that last are mended. */
  heal(): void {
    this.#stopped = true;
    for (const mend of [...this.#mend]) mend();
    Object.assign(this.#weather, fairWeather());
    if (this.#stage.office.worker !== undefined) this.#stage.office.worker.fuse = undefined;
  }

  #next(): void {
    const { parts, chance } = this.#stage;
    parts.clock.after(chance.between(500, 14_000), () => {
      if (this.#stopped) return;
      const kind = chance.weighted(kinds);
      parts.story.count(`fault: ${kind}`);
      parts.story.tell("fault", kind);
      this.#begin(kind);
      this.#stage.onActed();
      this.#next();
    });
  }

  #begin(kind: FaultKind): void {
    const { parts, chance, agents, office, engine } = this.#stage;
    const weather = this.#weather;
    const agent = chance.of(agents) ?? "";
    switch (kind) {
      case "stream cut":
        if (chance.happens(0.3)) agents.forEach((one) => this.#streams.cut(one));
        else this.#streams.cut(agent);
        return;
      case "stream half-open":
        this.#streams.halfOpen(agent);
        return;
      case "network down":
        agents.forEach((one) => this.#streams.cut(one));
        return this.#lasting(20_000, { reach: "refused" }, { reach: "up" });
      case "network silent":
        agents.forEach((one) => this.#streams.halfOpen(one));
        return this.#lasting(40_000, { reach: "silent" }, { reach: "up" });
      case "stream stalled":
        weather.stalledUntil = parts.clock.now() + chance.between(500, 15_000);
        return;
      case "slow network":
        return this.#lasting(20_000, { latency: [200, chance.between(300, 4_000)] }, { latency: [1, 8] });
      case "lossy events":
        return this.#lasting(15_000, { loseEvent: chance.of([0.2, 0.6, 1]) }, { loseEvent: 0 });
      case "doubled events":
        return this.#lasting(20_000, { doubleEvent: 0.6 }, { doubleEvent: 0 });
      case "reordered events":
        return this.#lasting(20_000, { reorderEvent: 0.5 }, { reorderEvent: 0 });
      case "lossy REST":
        return this.#lasting(
          15_000,
          { loseRequest: 0.15, resetRequest: 0.1, loseAnswer: 0.2, resetAnswer: 0.2 },
          { loseRequest: 0, resetRequest: 0, loseAnswer: 0, resetAnswer: 0 },
        );
      case "bad gateway":
        return this.#lasting(8_000, { badGateway: 0.6 }, { badGateway: 0 });
      case "worker kill":
        office.worker?.life.kill();
        return;
      case "worker kill at a write":
        if (office.worker !== undefined) office.worker.fuse = chance.between(1, 12);
        return;
      case "CTI out of service":
        engine.control.outOfService();
        return this.#later(chance.between(500, 40_000), () => engine.control.inService());
      case "slow CTI":
        engine.control.knobs({ ctiDelay: chance.of([150, 600, 4_000]) });
        return this.#later(chance.between(2_000, 20_000), () => void engine.control.knobs({ ctiDelay: 0 }));
      case "late refusal":
        engine.control.failNextRequest({}, { agent, count: chance.between(1, 2) });
        return;
      case "slow publishing":
        engine.control.knobs({ eventDelay: chance.of([300, 2_500]) });
        return this.#later(
          chance.between(2_000, 15_000),
          () => void engine.control.knobs({ eventDelay: 25 }),
        );
      case "web application down":
        this.#streams.presence(false);
        weather.badGateway = 1;
        return this.#later(chance.between(1_000, 25_000), () => {
          weather.badGateway = 0;
          this.#streams.presence(true);
        });
      case "name taken":
        this.#streams.steal(agent, chance.between(1_000, 30_000));
        return;
    }
  }

  #lasting(most: number, change: Partial<Weather>, back: typeof change): void {
    const weather = this.#weather;
    Object.assign(weather, change);
    this.#later(this.#stage.chance.between(300, most), () => Object.assign(weather, back));
  }

  #later(delay: number, mend: () => void): void {
    const { clock } = this.#stage.parts;
    const once = () => {
      if (!this.#mend.delete(once)) return;
      cancel();
      mend();
      this.#stage.onActed();
    };
    this.#mend.add(once);
    const cancel = clock.after(delay, once);
  }
}
