import { beforeEach, describe, expect, test } from "bun:test";
import { House, line } from "./house.ts";

/** Two agents and a customer: the sequences of §14 and §9, by dialog: 1 is the customer's call, 2 the consult. */
let house: House;
let first: string;
let second: string;

/** What an agent was told since the last look: dialog, call type, and the line of `line`. */
function told(agent: string): string[] {
  const names = new Map([
    [first, "1"],
    [second, "2"],
  ]);
  return house.published
    .filter((publication) => publication.automatic.includes(agent))
    .map(({ xml }) => {
      if (xml.includes("<user>")) return line(xml);
      const value = (name: string) => new RegExp(`<${name}>(\\w+)<`).exec(xml)?.[1] ?? "";
      const merged = names.get(value("secondaryId"));
      return `${names.get(value("id")) ?? "?"}${merged === undefined ? "" : `(${merged})`} ${value("callType")} ${line(xml)}`;
    });
}
const forget = () => void (house.published.length = 0);

/** A customer's routed call, answered by 1001. */
function answeredCall(): void {
  first = house.engine.control.call({ agent: "1001", from: "555" }).dialogId ?? "";
  house.settle();
  house.act("1001", first, "ANSWER");
  house.settle();
  forget();
}

function consult(to = "2002", answers = true): void {
  house.act("1001", first, "CONSULT_CALL", `<toAddress>${to}</toAddress>`);
  house.settle(500);
  second = house.stateOf("1001").dialogs.find((id) => id !== first) ?? "";
  if (answers) house.act("1002", second, "ANSWER");
  house.settle();
}

function begin(options: ConstructorParameters<typeof House>[0] = {}): void {
  house = new House(options);
  second = "none";
  house.signIn("1001", "READY");
  house.signIn("1002");
  answeredCall();
}

beforeEach(() => begin());

const dialogsOf = (agent: string) => house.stateOf(agent).dialogs;
const done = () => {
  house.settle(31_000);
  expect(house.engine.state().calls).toEqual([]);
};

describe("a consult", () => {
  test("holds the call, dials, rings, is answered", () => {
    consult();
    expect(told("1001")).toEqual([
      "1 PREROUTE_ACD_IN PUT ACTIVE 555=ACTIVE 2001=HELD",
      "2 CONSULT POST INITIATING 2001=INITIATING",
      "2 CONSULT PUT INITIATED 2001=INITIATED",
      "2 CONSULT PUT ALERTING 2001=INITIATED 2002=ALERTING",
      // Its actions changed: it could be transferred now.
      "1 PREROUTE_ACD_IN PUT ACTIVE 555=ACTIVE 2001=HELD",
      "2 CONSULT PUT ACTIVE 2001=ACTIVE 2002=ACTIVE",
    ]);
    expect(told("1002")).toEqual([
      "2 CONSULT_OFFERED POST ALERTING 2001=INITIATED 2002=ALERTING",
      "user TALKING",
      "2 CONSULT_OFFERED PUT ACTIVE 2001=ACTIVE 2002=ACTIVE",
    ]);
  });

  test.each(["1001", "1002"])("ended by %s leaves the customer's call held", (who) => {
    consult();
    forget();
    house.act(who, second, "DROP");
    house.settle();
    expect(told("1002")).toEqual([
      "2 CONSULT_OFFERED PUT DROPPED 2001=DROPPED 2002=DROPPED",
      "2 CONSULT_OFFERED DELETE DROPPED 2001=DROPPED 2002=DROPPED",
      "user NOT_READY",
    ]);
    expect(house.stateOf("1001")).toMatchObject({ state: "HOLD", dialogs: [first] });
    house.act("1001", first, "RETRIEVE");
    house.settle();
    expect(house.stateOf("1001").state).toBe("TALKING");
  });

  test("goes on when the customer hangs up meanwhile", () => {
    consult();
    house.engine.control.callerHangup(first);
    house.settle();
    expect(house.stateOf("1001")).toMatchObject({ state: "TALKING", phone: "in-use" });
    expect(house.act("1001", first, "TRANSFER").status).toBe(400);
    house.act("1002", second, "DROP");
    done();
  });
});

describe("a transfer after a consult", () => {
  test("answered: the receiver gets the original call, then loses the consult, then sees the first agent gone, twice", () => {
    consult();
    forget();
    house.act("1001", first, "TRANSFER", "", "r1");
    house.settle();
    expect(told("1002")).toEqual([
      "1(2) TRANSFER POST ACTIVE 555=ACTIVE 2001=DROPPED/OTHER 2002=ACTIVE",
      "2 TRANSFER DELETE DROPPED 2001=DROPPED/OTHER 2002=DROPPED/OTHER",
      "1(2) TRANSFER PUT ACTIVE 555=ACTIVE 2002=ACTIVE",
      "1(2) TRANSFER PUT ACTIVE 555=ACTIVE 2002=ACTIVE",
    ]);
    expect(told("1001")).toEqual([
      "2 TRANSFER DELETE DROPPED 2001=DROPPED/OTHER 2002=DROPPED/OTHER",
      "1(2) TRANSFER PUT ACTIVE 555=ACTIVE 2001=WRAP_UP 2002=ACTIVE",
      "user WORK_READY",
    ]);
    expect([dialogsOf("1001"), dialogsOf("1002")]).toEqual([[first], [first]]);
  });

  test("while it rings: the receiver answers the original call, as captured", () => {
    consult("2002", false);
    forget();
    house.act("1001", first, "TRANSFER");
    house.settle();
    house.act("1002", first, "ANSWER");
    house.settle();
    expect(told("1002")).toEqual([
      "1(2) TRANSFER POST ACTIVE 555=ACTIVE 2001=DROPPED/OTHER 2002=ALERTING",
      "2 TRANSFER DELETE DROPPED 2001=DROPPED/OTHER 2002=DROPPED/OTHER",
      "1(2) TRANSFER PUT ACTIVE 555=ACTIVE 2002=ALERTING",
      "1(2) TRANSFER PUT ACTIVE 555=ACTIVE 2002=ALERTING",
      "user TALKING",
      "1(2) TRANSFER PUT ACTIVE 555=ACTIVE 2002=ACTIVE",
    ]);
  });

  test("in the order of the documents, where asked for", () => {
    begin({ knobs: { documentedOrder: true } });
    // Without wrap-up both calls end for the first agent.
    house.user("1001", "<state>NOT_READY</state>");
    consult();
    forget();
    house.act("1001", first, "TRANSFER");
    house.settle();
    expect(told("1002")).toEqual([
      "2 TRANSFER DELETE DROPPED 2001=DROPPED/OTHER 2002=DROPPED/OTHER",
      "1(2) TRANSFER POST ACTIVE 555=ACTIVE 2002=ACTIVE",
    ]);
  });

  test.each(["customer", "receiver"])(
    "ends when the %s hangs up; the first agent's wrap-up is untouched",
    (who) => {
      consult();
      house.act("1001", first, "TRANSFER");
      house.settle();
      forget();
      if (who === "customer") house.engine.control.callerHangup(first);
      else house.act("1002", first, "DROP");
      house.settle();
      expect(told("1002").slice(-2)).toEqual([
        "1(2) TRANSFER DELETE DROPPED 555=DROPPED 2002=DROPPED",
        "user NOT_READY",
      ]);
      expect([told("1001"), house.stateOf("1001").state]).toEqual([[], "WORK_READY"]);
      done();
    },
  );

  test("the first agent's wrap-up can still be given data, and is told so", () => {
    consult();
    house.act("1001", first, "TRANSFER");
    house.settle();
    forget();
    const reason = "<mediaProperties><wrapUpReason>Sales</wrapUpReason></mediaProperties>";
    house.act("1001", first, "UPDATE_CALL_DATA", reason, "r2");
    house.settle();
    const [own] = house.published.filter((one) => one.automatic.includes("1001"));
    expect(own?.xml).toMatch(/<wrapUpReason>Sales<[^]*<requestId>r2</);
  });

  test("an agent who called is told who took over", () => {
    house = new House();
    for (const agent of ["1001", "1002", "1003"]) house.signIn(agent);
    house.dial("1003", "2001");
    house.settle(200);
    first = dialogsOf("1001")[0] ?? "";
    house.act("1001", first, "ANSWER");
    house.settle();
    consult();
    forget();
    house.act("1001", first, "TRANSFER");
    house.settle();
    expect(told("1003").at(-1)).toBe("1(2) TRANSFER PUT ACTIVE 2003=ACTIVE 2002=ACTIVE");
    // Nothing to wrap up: both calls are gone for the agent between.
    expect(told("1001")).toEqual([
      "2 TRANSFER DELETE DROPPED 2001=DROPPED/OTHER 2002=DROPPED/OTHER",
      "1(2) TRANSFER DELETE DROPPED 2003=ACTIVE 2001=DROPPED/OTHER 2002=ACTIVE",
      "user NOT_READY",
    ]);
  });

  test("handed back to the first agent: the old paper work ends before the call comes again", () => {
    consult();
    house.act("1001", first, "TRANSFER");
    house.settle();
    forget();
    house.act("1002", first, "TRANSFER_SST", "<toAddress>2001</toAddress>");
    house.settle();
    expect(told("1001").map((each) => each.replace(/ 555.*/, ""))).toEqual([
      "1(2) TRANSFER DELETE DROPPED",
      "1(2) TRANSFER POST ACTIVE",
      expect.stringContaining("user"),
    ]);
  });
});

describe("through a route point", () => {
  beforeEach(() => {
    house.user("1002", "<state>READY</state>");
    house.settle();
    forget();
  });

  test("a consult reaches the longest-available agent, with the route point as DNIS", () => {
    consult("811802", false);
    expect(told("1002").map((each) => each.split(" ").slice(0, 3).join(" "))).toEqual([
      "user RESERVED",
      "2 PREROUTE_ACD_IN POST",
    ]);
    const posted = house.published.find((one) => one.automatic.includes("1002") && one.xml.includes("POST"));
    expect(posted?.xml).toContain("<DNIS>811802</DNIS>");
    // The first agent may transfer while it rings.
    expect(told("1001").at(-1)).toBe("1 PREROUTE_ACD_IN PUT ACTIVE 555=ACTIVE 2001=HELD");
  });

  test("not answered, the consult goes back to its queue and to the next agent", () => {
    consult("811802", false);
    house.settle(20_000);
    expect(house.stateOf("1002").state).toBe("NOT_READY");
    expect(told("1001").at(-1)).toBe("1 PREROUTE_ACD_IN PUT ACTIVE 555=ACTIVE 2001=HELD");
    expect(house.engine.state().calls.find(({ id }) => id === second)?.state).toBe("INITIATED");
    house.signIn("1003", "READY");
    expect(house.stateOf("1003")).toMatchObject({ state: "RESERVED", dialogs: [second] });
  });

  test("transferred while it rings, a call not answered goes to the next agent and keeps its id", () => {
    consult("811802", false);
    house.act("1001", first, "TRANSFER");
    house.settle();
    expect(house.stateOf("1002")).toMatchObject({ state: "RESERVED", dialogs: [first] });
    house.settle(20_000);
    expect(house.stateOf("1002")).toMatchObject({ state: "NOT_READY", dialogs: [] });
    house.signIn("1003", "READY");
    expect(house.stateOf("1003").dialogs).toEqual([first]);
    house.act("1003", first, "ANSWER");
    house.settle();
    house.act("1003", first, "DROP");
    done();
  });

  test("a blind transfer waits in the queue; the customer may give up there", () => {
    house.user("1002", "<state>NOT_READY</state>");
    house.settle();
    house.act("1001", first, "TRANSFER_SST", "<toAddress>811802</toAddress>");
    house.settle();
    expect(house.engine.state().queues[0]).toMatchObject({ name: "Sales.EN", waiting: 1 });
    house.engine.control.callerHangup(first);
    house.settle();
    expect(house.engine.state().queues[0]?.waiting).toBe(0);
    done();
  });

  test("a customer's call to a queue goes to the agent who is READY longest", () => {
    house.signIn("1003", "READY");
    expect(house.engine.control.call({ queue: "Sales.EN", from: "556" })).toMatchObject({ agent: "1002" });
    expect(house.engine.control.call({ queue: "5022", from: "557" })).toMatchObject({ agent: "1003" });
  });
});

describe("a blind transfer", () => {
  test("to a colleague: rings there without the first agent", () => {
    house.act("1001", first, "TRANSFER_SST", "<toAddress>2002</toAddress>");
    house.settle();
    house.act("1002", first, "ANSWER");
    house.settle();
    expect(told("1001")).toEqual(["1 TRANSFER PUT ACTIVE 555=ACTIVE 2001=WRAP_UP", "user WORK_READY"]);
    expect(told("1002")).toEqual([
      "1 TRANSFER POST ACTIVE 555=ACTIVE 2002=ALERTING",
      "user TALKING",
      "1 TRANSFER PUT ACTIVE 555=ACTIVE 2002=ACTIVE",
    ]);
  });

  test("the customer hangs up while it rings: nothing to wrap up for who never answered", () => {
    house.user("1002", "<state>READY</state>");
    house.act("1001", first, "TRANSFER_SST", "<toAddress>811802</toAddress>");
    house.settle();
    house.engine.control.callerHangup(first);
    house.settle();
    expect(told("1002").slice(-2)).toEqual([
      "1 TRANSFER DELETE DROPPED 555=DROPPED 2002=DROPPED",
      "user READY",
    ]);
    done();
  });
});

describe("a conference", () => {
  beforeEach(() => {
    consult();
    forget();
    house.act("1001", first, "CONFERENCE");
    house.settle();
  });

  test("puts all three into the original call", () => {
    const all = "555=ACTIVE 2001=ACTIVE 2002=ACTIVE";
    const gone = "DELETE DROPPED 2001=DROPPED/OTHER 2002=DROPPED/OTHER";
    expect(told("1001")).toEqual([`2 CONSULT ${gone}`, `1(2) CONFERENCE PUT ACTIVE ${all}`]);
    expect(told("1002")).toEqual([
      `1(2) CONFERENCE POST ACTIVE ${all}`,
      `2 CONSULT_OFFERED ${gone}`,
      `1(2) CONFERENCE PUT ACTIVE ${all}`,
    ]);
  });

  test("one agent drops out, the others talk on, until two are left and one hangs up", () => {
    forget();
    house.act("1002", first, "DROP");
    house.settle();
    expect(told("1002").slice(-2)).toEqual([
      "1(2) CONFERENCE DELETE DROPPED 555=ACTIVE 2001=ACTIVE 2002=DROPPED",
      "user NOT_READY",
    ]);
    expect(told("1001")).toEqual(["1(2) CONFERENCE PUT ACTIVE 555=ACTIVE 2001=ACTIVE 2002=DROPPED"]);
    house.engine.control.callerHangup(first);
    house.settle();
    expect(house.stateOf("1001").state).toBe("WORK_READY");
    done();
  });

  test("the customer leaves: the agents talk on", () => {
    house.engine.control.callerHangup(first);
    house.settle();
    expect([house.stateOf("1001").state, house.stateOf("1002").state]).toEqual(["TALKING", "TALKING"]);
    house.act("1002", first, "DROP");
    done();
  });

  test("grows by a further consult", () => {
    house.signIn("1003");
    house.act("1001", first, "CONSULT_CALL", "<toAddress>2003</toAddress>");
    house.settle(500);
    const third = dialogsOf("1003")[0] ?? "";
    house.act("1003", third, "ANSWER");
    house.settle();
    house.act("1001", first, "CONFERENCE");
    house.settle();
    const call = house.engine.state().calls.find(({ id }) => id === first);
    expect(call?.participants.map(({ state }) => state)).toEqual(["ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE"]);
  });
});

test("UCCX: what the receiver of a direct transfer and of a consult sees", () => {
  begin({ profile: "uccx" });
  house.act("1001", first, "TRANSFER_SST", "<toAddress>2002</toAddress>");
  house.settle();
  expect(told("1002")[0]).toStartWith("1 OFFERED POST");
  begin({ profile: "uccx" });
  consult("2002", false);
  expect(told("1002")[0]).toStartWith("2 CONSULT POST");
});
