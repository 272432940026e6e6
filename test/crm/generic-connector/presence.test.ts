import { describe, expect, test } from "bun:test";
import type { Advisory } from "../../../src/openwire/contract.ts";
import { ManualClock } from "../../../src/platform/clock.ts";
import { ClientPresence, observerSelector } from "../../../src/crm/generic-connector/presence.ts";

function stage(overrides: { advisoriesWork?: boolean } = {}) {
  const clock = new ManualClock();
  const watches = new Map<string, (advisory: Advisory) => void>();
  const links = new Set<(connection: string | undefined) => void>();
  const bus = {
    advisoriesWork: overrides.advisoriesWork ?? true,
    upSince: clock.now() as number | undefined,
    watchLink(onLink: (connection: string | undefined) => void) {
      links.add(onLink);
      return () => void links.delete(onLink);
    },
    watchConsumers(destination: string, onAdvisory: (advisory: Advisory) => void) {
      watches.set(destination, onAdvisory);
      return () => void watches.delete(destination);
    },
  };
  const presence = new ClientPresence({ clock, heartbeat: 15_000, grace: 3000, bus });
  const advise = (
    kind: "consumer-added" | "consumer-removed",
    consumerId = "c:1:1",
    count?: number,
    selector: string | null = null,
  ): void =>
    watches.get("topic://pc")?.({
      kind,
      destination: "pc",
      consumerId,
      connectionId: "c",
      priority: 0,
      selector,
      clientId: null,
      count,
    });
  const link = (connection: string | undefined): void => {
    bus.upSince = connection === undefined ? undefined : clock.now();
    for (const onLink of links) onLink(connection);
  };
  return { clock, link, watches, presence, advise };
}

describe("a client that beats", () => {
  test("is gone when it has been silent for longer than a heartbeat, and back with the next beat", () => {
    const { clock, presence, advise } = stage();
    presence.watch("pc");
    advise("consumer-added");
    for (let beat = 0; beat < 3; beat += 1) {
      presence.beat("pc");
      clock.advance(5000);
    }
    clock.advance(10_000);
    expect(presence.isPresent("pc")).toBe(true);
    clock.advance(1);
    expect(presence.isPresent("pc")).toBe(false);
    presence.beat("pc");
    expect(presence.isPresent("pc")).toBe(true);
    expect(presence.lastSeen("pc")).toBe(clock.now());
  });

  test("that only greeted before Connect, or once after, need not go on", () => {
    const { clock, presence, advise } = stage();
    for (let hello = 0; hello < 5; hello += 1) presence.beat("pc");
    presence.watch("pc");
    advise("consumer-added");
    presence.beat("pc");
    clock.advance(3_600_000);
    expect(presence.isPresent("pc")).toBe(true);
  });

  test("the silence of a lost connection counts against nobody", () => {
    const { clock, link, presence, advise } = stage();
    presence.watch("pc");
    advise("consumer-added");
    presence.beat("pc");
    presence.beat("pc");
    link(undefined);
    clock.advance(60_000);
    expect(presence.isPresent("pc")).toBe(true);
    // The broker may tell of the listeners before we hear that there is a connection.
    advise("consumer-added");
    link("c-2");
    clock.advance(14_000);
    expect(presence.isPresent("pc")).toBe(true);
    clock.advance(2000);
    expect(presence.isPresent("pc")).toBe(false);
  });
});

describe("a client that never beats", () => {
  test("is there while somebody listens on its topic", () => {
    const { clock, presence, advise } = stage();
    presence.watch("pc");
    advise("consumer-added");
    clock.advance(3_600_000);
    expect(presence.isPresent("pc")).toBe(true);
    advise("consumer-removed", "c:1:1", 0);
    clock.advance(3000);
    expect(presence.isPresent("pc")).toBe(true);
    clock.advance(1);
    expect(presence.isPresent("pc")).toBe(false);
  });

  test("may make its consumer anew", () => {
    const { clock, presence, advise } = stage();
    presence.watch("pc");
    advise("consumer-added");
    advise("consumer-removed", "c:1:1", 0);
    clock.advance(2000);
    advise("consumer-added", "c:1:2", 1);
    clock.advance(60_000);
    expect(presence.isPresent("pc")).toBe(true);
    advise("consumer-added", "c:1:3", 2);
    advise("consumer-removed", "c:1:2", 1);
    clock.advance(60_000);
    expect(presence.isPresent("pc")).toBe(true);
  });

  test("is gone when it had gone before anybody looked", () => {
    const { clock, presence } = stage();
    presence.watch("pc");
    clock.advance(3001);
    expect(presence.isPresent("pc")).toBe(false);
  });

  test("is not there because somebody looks on", () => {
    const { clock, presence, advise } = stage();
    presence.watch("pc");
    advise("consumer-added");
    advise("consumer-added", "tail:1:1", 2, observerSelector);
    advise("consumer-removed", "c:1:1", 1);
    clock.advance(3001);
    expect(presence.isPresent("pc")).toBe(false);
  });

  test("is believed to be there by a broker that tells nothing", () => {
    const { clock, presence } = stage({ advisoriesWork: false });
    presence.watch("pc");
    clock.advance(3_600_000);
    expect(presence.isPresent("pc")).toBe(true);
  });

  test("has the grace again after a new connection", () => {
    const { clock, link, presence, advise } = stage();
    presence.watch("pc");
    advise("consumer-added");
    link(undefined);
    clock.advance(60_000);
    link("c-2");
    clock.advance(3000);
    expect(presence.isPresent("pc")).toBe(true);
    clock.advance(1);
    expect(presence.isPresent("pc")).toBe(false);
  });

  test("that beats without listening here is there", () => {
    const { clock, presence } = stage();
    presence.watch("pc");
    clock.advance(5000);
    presence.beat("pc");
    clock.advance(5000);
    presence.beat("pc");
    expect(presence.isPresent("pc")).toBe(true);
    clock.advance(15_001);
    expect(presence.isPresent("pc")).toBe(false);
  });
});

test("forgotten: no longer watched", () => {
  const { watches, presence } = stage();
  presence.watch("pc");
  presence.watch("pc");
  expect([...watches.keys()]).toEqual(["topic://pc"]);
  presence.forget("pc");
  expect(watches.size).toBe(0);
  expect(presence.isPresent("pc")).toBe(false);
});

test("strangers are remembered for a heartbeat, and not without bound", () => {
  const { clock, presence } = stage();
  presence.beat("pc");
  expect(presence.isPresent("pc")).toBe(true);
  for (let other = 0; other < 1000; other += 1) presence.beat(`other-${other}`);
  expect(presence.lastSeen("pc")).toBe(0);
  clock.advance(15_001);
  expect(presence.isPresent("other-5")).toBe(false);
});
