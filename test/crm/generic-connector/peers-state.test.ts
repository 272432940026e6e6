import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  initialPeers,
  peerSilence,
  type PeersEffect,
  type PeersInput,
  type PeersState,
  reducePeers,
} from "../../../src/crm/generic-connector/peers-state.ts";
import {
  type Announcement,
  readPeerMessage,
  writePeerMessage,
} from "../../../src/crm/generic-connector/peers-messages.ts";

const start = 1_000_000;

function announcement(overrides: Partial<Announcement> = {}): Announcement {
  return {
    kind: "announcement",
    boot: "boot-b",
    name: "gc-b",
    role: "shared",
    connection: "conn-b",
    held: new Map([["1001", { destinations: ["pc-1"], since: start - 5000 }]]),
    leaving: false,
    ...overrides,
  };
}

/** All the inputs after each other; the effects of the last one. */
function run(inputs: (PeersInput & { after?: number })[], from = initialPeers("boot-a", "shared")) {
  let state: PeersState = from;
  let now = start;
  let effects: PeersEffect[] = [];
  for (const { after = 0, ...input } of inputs) {
    now += after;
    [state, effects] = reducePeers(state, input as PeersInput, now);
  }
  return { state, effects };
}

const up: PeersInput = { type: "link", connected: true };
const hears = (overrides: Partial<Announcement> = {}): PeersInput => ({
  type: "message",
  message: announcement(overrides),
});
const consumer = (change: "added" | "removed", which = "conn-b:1:1", connection = "conn-b"): PeersInput => ({
  type: "consumer",
  change,
  connection,
  consumer: which,
});
const holds = (agents: Record<string, string[]>): PeersInput => ({
  type: "held",
  held: new Map(Object.entries(agents)),
});
const names = (effects: PeersEffect[]): string[] => effects.map(({ type }) => type);

describe("peers", () => {
  test("an arrival is answered by an announcement, the next word is not", () => {
    expect(names(run([up, hears()]).effects)).toEqual(["announce"]);
    expect(names(run([up, hears(), hears()]).effects)).toEqual([]);
  });

  test("one's own words come back and mean nothing", () => {
    expect(run([up, hears({ boot: "boot-a" })]).state.peers.size).toBe(0);
  });

  test("the last of its consumers gone: lost at once, once, and late words do not raise it", () => {
    const before: PeersInput[] = [up, consumer("added"), consumer("added", "conn-b:1:2"), hears()];
    expect(run([...before, consumer("removed")]).effects).toEqual([]);
    const gone = run([...before, consumer("removed"), consumer("removed", "conn-b:1:2")]);
    expect(gone.effects).toMatchObject([{ type: "lost", peer: { name: "gc-b" } }]);
    const late = reducePeers(gone.state, hears(), start);
    expect(late[1]).toEqual([]);
    expect(late[0].peers.size).toBe(0);
    // It was a hiccup of its connection.
    const back = reducePeers(reducePeers(gone.state, consumer("added"), start)[0], hears(), start);
    expect(names(back[1])).toEqual(["announce"]);
  });

  test("its consumers may be told of before we hear that we are connected", () => {
    const early = run([consumer("added"), up, hears(), consumer("removed")]);
    expect(names(early.effects)).toEqual(["lost"]);
    const down: PeersInput = { type: "link", connected: false };
    expect(run([up, consumer("added"), hears(), down, up, consumer("removed")]).effects).toEqual([]);
  });

  test("nobody misses a peer that held nobody", () => {
    const { effects } = run([up, consumer("added"), hears({ held: new Map() }), consumer("removed")]);
    expect(effects).toEqual([]);
  });

  test("consumers that were never seen coming prove nothing", () => {
    expect(run([up, hears(), consumer("removed")]).effects).toEqual([]);
  });

  test("leaving counts as lost for its clients, and its consumers' end then means nothing", () => {
    const left = run([up, consumer("added"), hears(), hears({ leaving: true })]);
    expect(names(left.effects)).toEqual(["lost"]);
    expect(reducePeers(left.state, consumer("removed"), start)[1]).toEqual([]);
    expect(run([up, hears({ held: new Map() }), hears({ held: new Map(), leaving: true })]).effects).toEqual(
      [],
    );
  });

  test("silence is death too, but not while we were not connected ourselves", () => {
    expect(names(run([up, hears(), { type: "tick", after: peerSilence }]).effects)).toEqual([]);
    expect(names(run([up, hears(), { type: "tick", after: peerSilence + 1 }]).effects)).toEqual(["lost"]);
    const down: PeersInput = { type: "link", connected: false };
    expect(run([up, hears(), down, { type: "tick", after: 60_000 }]).effects).toEqual([]);
    const again = [up, hears(), down, { ...up, after: 60_000 }, { type: "tick", after: 5000 } as const];
    expect(run(again).effects).toEqual([]);
    expect(names(run([...again, { type: "tick", after: peerSilence }]).effects)).toEqual(["lost"]);
  });

  test("a beat keeps a peer alive, and is ours when the destination is", () => {
    const beats: PeersInput & { after?: number } = {
      type: "message",
      message: { kind: "beats", boot: "boot-b", destinations: ["pc-1", "pc-9"] },
      after: 10_000,
    };
    const { effects, state } = run([up, holds({ "1009": ["pc-9"] }), hears(), beats]);
    expect(effects).toEqual([{ type: "beat", destination: "pc-9" }]);
    expect(state.peers.get("boot-b")?.heard).toBe(start + 10_000);
  });

  test("an agent both hold belongs to who took him later, and each change is told once", () => {
    const theirs = (since: number): PeersInput => ({
      ...hears({ held: new Map([["1001", { destinations: ["pc-1"], since }]]) }),
    });
    const ours = [up, holds({ "1001": ["pc-1"] })];
    expect(names(run([...ours, theirs(start - 1)]).effects)).not.toContain("taken");
    expect(run([...ours, theirs(start + 1)]).effects).toContainEqual({
      type: "taken",
      agent: "1001",
      by: "gc-b",
    });
    expect(run([...ours, theirs(start + 1), theirs(start + 1)]).effects).toEqual([]);
    expect(names(run([...ours, theirs(start + 1), theirs(start + 2)]).effects)).toEqual(["taken"]);
    // Equal times: the two sides agree, whoever asks.
    const mirrored = run([...ours, theirs(start)]).effects;
    expect(names(mirrored)).toContain("taken");
  });

  test("whom we take up after a peer with a fast clock is ours all the same", () => {
    const theirs = hears({ held: new Map([["1001", { destinations: ["pc-1"], since: start + 3000 }]]) });
    expect(names(run([up, theirs, holds({ "1001": ["pc-1"] }), theirs]).effects)).toEqual([]);
    const { state, effects } = run([
      up,
      holds({ "1001": ["pc-1"] }),
      theirs,
      { type: "took", agent: "1001" },
      theirs,
    ]);
    expect(effects).toEqual([]);
    expect(state.held.get("1001")?.since).toBe(start + 3001);
  });

  test("only what changes is announced", () => {
    const agents = holds({ "1001": ["pc-1"] });
    expect(names(run([agents]).effects)).toEqual(["announce"]);
    expect(run([agents, agents]).effects).toEqual([]);
    expect(names(run([agents, holds({ "1001": ["pc-1", "pc-2"] })]).effects)).toEqual(["announce"]);
    expect(names(run([agents, holds({})]).effects)).toEqual(["announce"]);
  });

  test.each([
    ["standby", "active", true],
    ["standby", "shared", false],
    ["active", "active", false],
    ["shared", "active", false],
  ] as const)("we are %s, %s arrives: preferred %p", (ours, theirs, preferred) => {
    const { effects } = run([up, hears({ role: theirs })], initialPeers("boot-a", ours));
    expect(names(effects).includes("preferred")).toBe(preferred);
  });

  test("whatever happens in whatever order: bounded, nobody lost twice without a new arrival", () => {
    const boot = fc.constantFrom("b", "c", "d");
    const input: fc.Arbitrary<PeersInput & { after: number }> = fc
      .record({
        which: fc.integer({ min: 0, max: 6 }),
        boot,
        agents: fc.uniqueArray(fc.constantFrom("1", "2", "3"), { maxLength: 3 }),
        after: fc.constantFrom(0, 100, 5000, 20_000),
        leaving: fc.boolean(),
      })
      .map(({ which, boot: name, agents, after, leaving }): PeersInput & { after: number } => {
        const held = new Map(agents.map((agent) => [agent, { destinations: ["pc"], since: start }]));
        const connection = `conn-${name}`;
        const all: PeersInput[] = [
          hears({ boot: name, name, connection, held, leaving }),
          hears({ boot: name, name, connection, held }),
          consumer("added", `${connection}:1`, connection),
          consumer("removed", `${connection}:1`, connection),
          { type: "tick" },
          { type: "link", connected: leaving },
          holds(Object.fromEntries(agents.map((agent) => [agent, ["pc"]]))),
        ];
        return { ...(all[which] ?? up), after } as PeersInput & { after: number };
      });
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
        let state = initialPeers("a", "shared");
        let now = start;
        const alive = new Set<string>();
        for (const { after, ...each } of inputs) {
          now += after;
          const [next, effects] = reducePeers(state, each as PeersInput, now);
          for (const effect of effects) {
            if (effect.type !== "lost") continue;
            expect(alive.has(effect.peer.boot)).toBe(true);
            expect(next.peers.has(effect.peer.boot)).toBe(false);
          }
          alive.clear();
          for (const peer of next.peers.keys()) alive.add(peer);
          state = next;
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("peers' messages", () => {
  const word = fc.string({ minLength: 1, maxLength: 20 });
  test("come back as they were written", () => {
    const message = fc.record({
      kind: fc.constant("announcement" as const),
      boot: word,
      name: word,
      role: fc.constantFrom("active" as const, "standby" as const, "shared" as const),
      connection: word,
      held: fc
        .dictionary(word, fc.record({ destinations: fc.array(word, { maxLength: 3 }), since: fc.nat() }))
        .map((agents) => new Map(Object.entries(agents))),
      leaving: fc.boolean(),
    });
    fc.assert(fc.property(message, (each) => expect(readPeerMessage(writePeerMessage(each))).toEqual(each)));
    const beats = { kind: "beats" as const, boot: "b", destinations: ["x", "y"] };
    expect(readPeerMessage(writePeerMessage(beats))).toEqual(beats);
  });

  test("anything else is nothing", () => {
    fc.assert(fc.property(fc.json(), (text) => expect(readPeerMessage(text)).toBeUndefined()));
    const good = JSON.parse(writePeerMessage(announcement())) as Record<string, unknown>;
    const broken = [
      { ...good, gcPeer: 2 },
      { ...good, boot: "" },
      { ...good, role: "boss" },
      { ...good, name: 7 },
      { ...good, held: "1001" },
      { ...good, held: [["1001"]] },
      { ...good, held: [["1001", null, "pc"]] },
      { ...good, held: [["1001", 1, { a: 1 }]] },
      { ...good, connection: "x".repeat(256) },
      { gcPeer: 1, boot: "b", beats: [1] },
    ];
    for (const each of broken) expect(readPeerMessage(JSON.stringify(each))).toBeUndefined();
    expect(readPeerMessage(`${" ".repeat(1024 * 1024)}${JSON.stringify(good)}`)).toBeUndefined();
    for (const text of [null, "", "{", "null", "7", "[]"]) expect(readPeerMessage(text)).toBeUndefined();
  });
});
