import { expect, test } from "bun:test";
import fc from "fast-check";
import { decodeFinesse } from "../../src/finesse/decode.ts";
import { parseQueue, parseQueues } from "../../src/finesse/parse-queues.ts";
import { parseTeam } from "../../src/finesse/parse-team.ts";
import { parseXml } from "../../src/finesse/xml-tree.ts";
import { toXml, type XmlPart } from "../../src/finesse/xml-write.ts";
import { CtiError } from "../../src/model/errors.ts";
import { agentsTalking } from "../../src/model/queue.ts";

const queueXml = `<Queue>
  <name>UCM_PIM.Sales &amp; more</name>
  <statistics>
    <agentsBusyOther>1</agentsBusyOther>
    <agentsLoggedOn>9</agentsLoggedOn>
    <agentsNotReady>2</agentsNotReady>
    <agentsReady>0</agentsReady>
    <agentsTalkingInbound>3</agentsTalkingInbound>
    <agentsTalkingInternal>1</agentsTalkingInternal>
    <agentsTalkingOutbound>-1</agentsTalkingOutbound>
    <agentsWrapUpNotReady></agentsWrapUpNotReady>
    <agentsWrapUpReady>1</agentsWrapUpReady>
    <callsInQueue> 4 </callsInQueue>
    <serviceLevel>80</serviceLevel>
    <startTimeOfLongestCallInQueue>2012-02-15T17:58:21Z</startTimeOfLongestCallInQueue>
  </statistics>
  <uri>/finesse/api/Queue/5022/</uri>
</Queue>`;

test("a queue as Finesse shows it; -1 and empty are unknown", () => {
  const queue = parseQueue(parseXml(queueXml));
  expect(queue).toEqual({
    id: "5022",
    name: "UCM_PIM.Sales & more",
    statistics: {
      callsInQueue: 4,
      longestSince: "2012-02-15T17:58:21Z",
      agentsLoggedOn: 9,
      agentsReady: 0,
      agentsNotReady: 2,
      agentsTalkingInbound: 3,
      agentsTalkingOutbound: undefined,
      agentsTalkingInternal: 1,
      agentsWrapUpReady: 1,
      agentsWrapUpNotReady: undefined,
      agentsBusyOther: 1,
      unknown: { serviceLevel: "80" },
    },
  });
  expect(queue.statistics && agentsTalking(queue.statistics)).toBe(4);
});

test("lists of none, one and without statistics; one that nobody can name is an error that says so", () => {
  expect(parseQueues(parseXml("<Queues/>"))).toEqual([]);
  expect(parseQueues(parseXml("<Queues><Queue><uri>/finesse/api/Queue/1</uri></Queue></Queues>"))).toEqual([
    { id: "1", name: "", statistics: undefined },
  ]);
  expect(() => parseQueue(parseXml("<Queue><name>x</name></Queue>"))).toThrow("neither <id> nor <uri>");
});

test.each(["", "-1", "0", "soon", "2026-13-40T99:00:00Z", "17:58", "1329328701000"])(
  "%p is no time since which somebody waits",
  (text) => {
    const xml = `<Queue><id>1</id><statistics><startTimeOfLongestCallInQueue>${text}</startTimeOfLongestCallInQueue></statistics></Queue>`;
    expect(parseQueue(parseXml(xml)).statistics?.longestSince).toBeUndefined();
  },
);

test("figures come through in any order and case of names; nothing but a count is one", () => {
  const names = ["callsInQueue", "agentsReady", "agentsNotReady", "agentsTalkingInbound"] as const;
  const value = fc.oneof(
    fc.nat().map((count) => ({ text: String(count), count: count as number | undefined })),
    fc
      .oneof(
        fc.constantFrom("-1", "", "NaN", "1e3", "0x10", "Infinity", "1.5", "- 1"),
        fc.string({ unit: fc.constantFrom("a", " ", "-", "é") }),
      )
      .map((text) => ({ text, count: undefined })),
  );
  fc.assert(
    fc.property(
      fc.tuple(...names.map(() => value)),
      fc.shuffledSubarray([0, 1, 2, 3]),
      fc.infiniteStream(fc.boolean()),
      (values, order, upper) => {
        const figures = order.map((at): XmlPart => {
          const name = names[at] ?? "";
          return [upper.next().value ? name.toUpperCase() : name, values[at]?.text ?? ""];
        });
        const { statistics } = parseQueue(
          parseXml(
            toXml([
              "Queue",
              [
                ["id", "1"],
                ["statistics", figures],
              ],
            ]),
          ),
        );
        for (const [at, name] of names.entries())
          expect(statistics?.[name]).toBe(order.includes(at) ? values[at]?.count : undefined);
      },
    ),
  );
});

const teamXml = `<Team><uri>/finesse/api/Team/500</uri><id>500</id><name>Sales</name><users>
  <User><uri>/finesse/api/User/1001001/</uri><loginId>1001001</loginId><firstName>Chris</firstName><lastName>Smith</lastName>
    <dialogs>/finesse/api/User/1001001/Dialogs</dialogs><extension>0012</extension><pendingState></pendingState><state>NOT_READY</state>
    <stateChangeTime>2012-03-01T17:58:21.234Z</stateChangeTime><reasonCode><uri>/finesse/api/ReasonCode/16</uri><id>16</id>
    <category>NOT_READY</category><code>10</code><label>Team Meeting</label><forAll>true</forAll></reasonCode><mediaState>BUSY</mediaState></User>
  <User><uri>/finesse/api/User/1001002/</uri><state>NEW_STATE</state><extension></extension><shift>early</shift></User>
</users></Team>`;

test("a team with its members, of whom a summary is known", () => {
  expect(parseTeam(parseXml(teamXml))).toEqual({
    id: "500",
    name: "Sales",
    members: [
      {
        id: "1001001",
        firstName: "Chris",
        lastName: "Smith",
        extension: "0012",
        state: "NOT_READY",
        stateChangeTime: "2012-03-01T17:58:21.234Z",
        pendingState: undefined,
        reasonCodeId: undefined,
        reason: {
          id: "16",
          category: "NOT_READY",
          code: "10",
          label: "Team Meeting",
          forAll: true,
          systemCode: false,
        },
        mediaState: "BUSY",
        unknown: {},
      },
      {
        id: "1001002",
        firstName: undefined,
        lastName: undefined,
        extension: undefined,
        state: "NEW_STATE",
        stateChangeTime: undefined,
        pendingState: undefined,
        reasonCodeId: undefined,
        reason: undefined,
        mediaState: undefined,
        unknown: { shift: "early" },
      },
    ],
  });
  expect(parseTeam(parseXml("<Team><uri>/finesse/api/Team/7</uri><users/></Team>"))).toEqual({
    id: "7",
    name: "",
    members: [],
  });
  expect(() => parseTeam(parseXml("<Team><name>x</name></Team>"))).toThrow("neither <id> nor <uri>");
});

test("both can be decoded by hand", () => {
  expect(decodeFinesse(queueXml)).toMatchObject({ kind: "queue", queue: { id: "5022" } });
  expect(decodeFinesse(`<Queues>${queueXml}</Queues>`)).toMatchObject({ kind: "queues", queues: [{}] });
  expect(decodeFinesse(teamXml)).toMatchObject({ kind: "team", team: { id: "500" } });
});

test("no text makes them throw anything but a CtiError", () => {
  const whole = `<x>${queueXml}${teamXml}</x>`;
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(60), fc.string({ maxLength: 8 }), (at, length, text) => {
      const input = `${whole.slice(0, at)}${text}${whole.slice(at + length)}`;
      try {
        const { children } = parseXml(input);
        for (const child of children) {
          for (const parse of [parseQueue, parseQueues, parseTeam]) {
            try {
              parse(child);
            } catch (error) {
              expect(error).toBeInstanceOf(CtiError);
            }
          }
        }
      } catch (error) {
        expect(error).toBeInstanceOf(CtiError);
      }
    }),
    { numRuns: 500 },
  );
});
