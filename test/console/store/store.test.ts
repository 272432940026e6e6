import { expect, test } from "bun:test";
import { initialState } from "../../../src/console/store/reduce.ts";
import { Frames } from "../../../src/console/store/frames.ts";
import { ConsoleStore } from "../../../src/console/store/store.ts";
import { ManualClock } from "../../../src/platform/clock.ts";
import { stateWith } from "../overlays/stage.tsx";

function storeAt(clock: ManualClock): { store: ConsoleStore; frames: () => number } {
  const store = new ConsoleStore(initialState("default", stateWith().options), clock);
  let count = 0;
  store.subscribe(() => {
    count += 1;
  });
  return { store, frames: () => count };
}

const connected = { type: "link", link: { state: "connected" } } as const;

test("what is heard first is shown at once, whatever somebody did a moment before", () => {
  const clock = new ManualClock();
  const { store, frames } = storeAt(clock);
  store.act({ type: "size", columns: 100, rows: 30 });
  expect(frames()).toBe(1);
  store.hear(connected);
  clock.advance(0);
  expect(frames()).toBe(2);
  expect(store.shown().link).toEqual({ state: "connected" });
});

test("what happens often is shown ten times a second, what somebody does at once and with it what was held back", () => {
  const clock = new ManualClock();
  const { store, frames } = storeAt(clock);
  for (let at = 0; at < 200; at++) {
    store.hear({ type: "link", link: { state: at % 2 === 0 ? "connecting" : "connected" } });
    clock.advance(5);
  }
  expect(frames()).toBeLessThanOrEqual(11);
  clock.advance(100);
  expect(store.shown()).toBe(store.now);
  const before = frames();
  store.hear({ type: "link", link: { state: "connecting" } });
  store.hear(connected);
  store.act({ type: "size", columns: 90, rows: 30 });
  expect(store.shown()).toBe(store.now);
  expect(store.shown().link).toEqual({ state: "connected" });
  expect(frames()).toBeLessThanOrEqual(before + 2);
});

test("what waits for the same frame is drawn in one: the state and whatever else stands beside it", () => {
  const clock = new ManualClock();
  const frames = new Frames(clock);
  const drawn: string[] = [];
  const log = (): void => void drawn.push("log");
  const calls = (): void => void drawn.push("calls");
  for (let at = 0; at < 50; at++) {
    frames.soon(log);
    frames.soon(calls);
  }
  clock.advance(0);
  expect(drawn).toEqual(["log", "calls"]);
  frames.soon(calls);
  frames.soon(log);
  frames.done(log);
  clock.advance(99);
  expect(drawn).toHaveLength(2);
  clock.advance(1);
  expect(drawn).toEqual(["log", "calls", "calls"]);
  frames.soon(log);
  frames.close();
  clock.advance(1000);
  expect(drawn).toHaveLength(3);
});
