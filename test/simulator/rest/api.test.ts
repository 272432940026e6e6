import { beforeEach, describe, expect, test } from "bun:test";
import { defaultPopulation } from "../../../src/simulator/engine/default-population.ts";
import { populationFrom } from "../../../src/simulator/engine/population.ts";
import { House } from "../engine/house.ts";

let house: House;

beforeEach(() => {
  house = new House();
});

/** `400 Parameter Missing: state` */
function refusal(response: { status: number; body: string }): string {
  const type = /<ErrorType>(.*?)<\/ErrorType>/.exec(response.body)?.[1] ?? "";
  const data = /<ErrorData>(.*?)<\/ErrorData>/.exec(response.body)?.[1] ?? "";
  return `${response.status} ${type}: ${data}`;
}

describe("who may ask", () => {
  test("SystemInfo needs no credentials and tells where the notifications are", () => {
    const response = house.request("GET", "/SystemInfo/?nocache=1", "", { password: "wrong" });
    expect(response.status).toBe(200);
    expect(response.body).toContain("<xmppDomain>localhost</xmppDomain>");
    expect(response.body).toContain("<xmppPubSubDomain>pubsub.localhost</xmppPubSubDomain>");
    expect(response.body).toContain("<currentTimestamp>2026-01-05T09:00:00.000Z</currentTimestamp>");
    expect(response.body).toContain("<deploymentType>UCCE</deploymentType>");
    expect(response.headers.Date).toBe("Mon, 05 Jan 2026 09:00:00 GMT");
  });

  test("a wrong password or unknown user is 401 UNAUTHORIZED naming the user", () => {
    expect(refusal(house.request("GET", "/User/1001", "", { password: "no" }))).toBe(
      "401 Authorization Failure: 1001",
    );
    expect(refusal(house.request("GET", "/User/9999", "", { user: "9999" }))).toBe(
      "401 Authorization Failure: 9999",
    );
    const response = house.request("GET", "/User/1001", "", { password: "no" });
    expect(response.headers["WWW-Authenticate"]).toStartWith("Basic");
  });

  test("the fifth wrong password in a row locks the user for five minutes, for SASL too", () => {
    for (let attempt = 0; attempt < 4; attempt++) house.request("GET", "/User/1001", "", { password: "no" });
    expect(house.engine.authenticate("1001", "secret")).toBe("ok");
    for (let attempt = 0; attempt < 4; attempt++) house.request("GET", "/User/1001", "", { password: "no" });
    expect(house.engine.authenticate("1001", "no")).toBe("locked");
    expect(house.request("GET", "/User/1001").status).toBe(401);
    expect(house.request("GET", "/User/1002", "", { user: "1002" }).status).toBe(200);
    house.settle(300_000);
    expect(house.request("GET", "/User/1001").status).toBe(200);
  });

  test("agents act on themselves alone; login names resolve for reading", () => {
    expect(refusal(house.request("GET", "/User/1002", "", { user: "1003" }))).toBe(
      "401 Invalid Authorization User Specified: 1002",
    );
    expect(house.request("GET", "/User/JKohler", "", { user: "jkohler" }).body).toContain(
      "<loginId>1002</loginId>",
    );
    expect(refusal(house.request("GET", "/User/9999"))).toBe("404 User Not Found: 4023");
    // A client that posts to its extension instead of its id.
    const call = "<Dialog><requestedAction>MAKE_CALL</requestedAction></Dialog>";
    expect(refusal(house.request("POST", "/User/2002/Dialogs", call, { user: "1002" }))).toBe(
      "401 Invalid Authorization User Specified: 2002",
    );
  });

  test("a deleted user is unauthorised, a changed password counts at once", () => {
    house.engine.control.setPassword("1001", "new");
    expect(house.request("GET", "/User/1001").status).toBe(401);
    house.engine.control.deleteUser("1002");
    expect(house.request("GET", "/User/1002", "", { user: "1002" }).status).toBe(401);
  });
});

describe("how requests must look", () => {
  const put = (body: string, contentType = "application/xml") =>
    refusal(house.request("PUT", "/User/1001", body, { contentType }));

  test.each([
    ["<User><state>LOGIN</state>", "400 Bad Request: "],
    ["", "400 Bad Request: "],
    ["<html><body>hello</body></html>", "400 Bad Request: "],
    ["<User><__proto__>x</__proto__></User>", "400 Bad Request: "],
    ["<User></User>", "400 Parameter Missing: state"],
    ["<User><state></state></User>", "400 Parameter Missing: state"],
    ["<User><state>TALKING</state></User>", "400 Invalid Input: state"],
    ["<User><state>LOGIN</state></User>", "400 Parameter Missing: extension"],
    ["<User><state>LOGIN</state><extension>20a1</extension></User>", "400 Bad Request: "],
    ["<User><state>LOGOUT</state></User>", "400 Invalid State: state"],
  ])("%s", (body, expected) => {
    expect(put(body)).toBe(expected);
  });

  test("the type must be XML; a charset and a trailing slash do no harm", () => {
    const body = "<?xml version='1.0'?><User><extension>2001</extension><state> LOGIN </state></User>";
    expect(put(body, "application/json")).toBe("400 Bad Request: ");
    const response = house.request("PUT", "/User/1001/", body, {
      contentType: "application/xml; charset=utf-8",
      requestId: "abc",
    });
    expect(response).toMatchObject({ status: 202, body: "", headers: { requestId: "abc" } });
  });

  test("unknown objects are 404, unknown methods 405", () => {
    expect(house.request("GET", "/Nothing/1").status).toBe(404);
    expect(house.request("GET", "/User/1001/Nothing").status).toBe(404);
    expect(house.request("GET", "/User/%E0%A4%A").status).toBe(400);
    expect(house.request("DELETE", "/User/1001").status).toBe(405);
  });
});

describe("reason codes and wrap-up reasons", () => {
  test("are offered by category, without system codes", () => {
    const { body } = house.request("GET", "/User/1001/ReasonCodes?category=NOT_READY");
    expect(body).toStartWith('<ReasonCodes category="NOT_READY">');
    expect(body).toContain("<label>Lunch</label>");
    expect(body).toContain("Follow-up &amp; paperwork");
    expect(body).not.toContain("<systemCode>true</systemCode>");
    expect(house.request("GET", "/ReasonCodes?category=LOGOUT").body).toContain(
      "<label>End of Shift</label>",
    );
    expect(refusal(house.request("GET", "/User/1001/ReasonCodes"))).toBe("400 Parameter Missing: category");
    expect(house.request("GET", "/User/1001/WrapUpReasons").body).toContain("<label>Support</label>");
  });

  test("are checked, and required only where the population says so", () => {
    house.signIn("1001", "READY");
    const notReady = (reason: string) =>
      house.user("1001", `<state>NOT_READY</state><reasonCodeId>${reason}</reasonCodeId>`);
    expect(refusal(notReady("21"))).toBe("400 Invalid Input: reasonCodeId");
    expect(refusal(notReady("777"))).toBe("400 Invalid Input: reasonCodeId");
    expect(notReady("1").status).toBe(202);
    const strict = new House({ population: { ...defaultPopulation(), requireReasons: true } });
    strict.signIn("1001");
    expect(refusal(strict.user("1001", "<state>LOGOUT</state>"))).toBe("400 Parameter Missing: reasonCodeId");
    expect(strict.user("1001", "<state>LOGOUT</state><reasonCodeId>21</reasonCodeId>").status).toBe(202);
  });
});

describe("dialog requests", () => {
  let dialog: string;

  beforeEach(() => {
    house.signIn("1001");
    house.dial("1001", "5551234");
    house.settle(1000);
    dialog = house.stateOf("1001").dialogs[0] ?? "";
  });

  test.each([
    ["HOLDD", "", "400 Invalid Input: requestedAction"],
    ["SEND_DTMF", "", "400 Parameter Missing: dtmfString"],
    ["CONSULT_CALL", "", "400 Parameter Missing: toAddress"],
    ["TRANSFER", "", "400 Invalid State: TRANSFER"],
    ["START_RECORDING", "", "501 Not Implemented: START_RECORDING"],
    ["UPDATE_CALL_DATA", "", "400 Parameter Missing: mediaProperties"],
  ])("%s %s", (action, more, expected) => {
    expect(refusal(house.act("1001", dialog, action, more))).toBe(expected);
  });

  const variables = (...pairs: [string, string][]): string =>
    `<mediaProperties><callvariables>${pairs
      .map(([name, value]) => `<CallVariable><name>${name}</name><value>${value}</value></CallVariable>`)
      .join("")}</callvariables></mediaProperties>`;

  test("call data: bad names refused, unknown ECC names left out silently", () => {
    const update = (...pairs: [string, string][]) =>
      house.act("1001", dialog, "UPDATE_CALL_DATA", variables(...pairs));
    expect(refusal(update(["callVariable11", "x"]))).toBe("400 Invalid Input: callVariable11");
    expect(refusal(update(["BAStatus", "x"]))).toBe("400 Invalid Input: BAStatus");
    expect(refusal(update(["callVariable1", "x"], ["callVariable1", "y"]))).toBe(
      "400 Invalid Input: callVariable1",
    );
    house.told("1001");
    expect(update(["user.nobodyKnows", "x"]).status).toBe(202);
    house.settle();
    expect(house.told("1001")).toEqual([]);
    update(["user.city", "  Z&#252;rich &amp; &lt;more&gt; "], ["callVariable1", "0012"]);
    house.settle();
    expect(house.engine.state().calls[0]?.variables).toEqual({
      "user.city": "  Zürich & <more> ",
      callVariable1: "0012",
    });
  });

  test("DTMF is recorded, refused while held", () => {
    const dtmf = (digits: string) =>
      house.act(
        "1001",
        dialog,
        "SEND_DTMF",
        `<actionParams><ActionParam><name>dtmfString</name><value>${digits}</value></ActionParam></actionParams>`,
      );
    expect(dtmf("12#").status).toBe(202);
    expect(dtmf("*9").status).toBe(202);
    expect(refusal(dtmf("x"))).toBe("400 Invalid Input: dtmfString");
    expect(house.engine.state().calls[0]?.dtmf).toBe("12#*9");
    house.act("1001", dialog, "HOLD");
    expect(refusal(dtmf("1"))).toBe("401 Invalid State: SEND_DTMF");
  });

  test("dialogs that are not there, or not one's own", () => {
    expect(refusal(house.act("1001", "999", "DROP"))).toBe("404 Not Found: 999");
    expect(refusal(house.act("1002", dialog, "DROP"))).toBe("401 Authorization Failure: 1002");
    expect(house.request("GET", `/Dialog/${dialog}`).body).toContain(`<id>${dialog}</id>`);
    house.act("1001", dialog, "DROP");
    expect(house.request("GET", `/Dialog/${dialog}`).status).toBe(404);
    expect(house.request("GET", "/User/1001/Dialogs").body).toBe("<Dialogs/>");
  });

  test("a call to oneself, from another's phone, without a number", () => {
    const call = (from: string, to: string) =>
      refusal(
        house.request(
          "POST",
          "/User/1001/Dialogs",
          `<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>${from}</fromAddress>${to}</Dialog>`,
        ),
      );
    expect(call("2001", "<toAddress>2001</toAddress>")).toBe("400 Invalid Destination: toAddress");
    expect(call("2002", "<toAddress>2003</toAddress>")).toBe("400 Invalid Input: fromAddress");
    expect(call("2001", "")).toBe("400 Parameter Missing: toAddress");
  });
});

describe("supervisors", () => {
  const as = (supervisor: string, agent: string, fields: string) =>
    house.request("PUT", `/User/${agent}`, `<User>${fields}</User>`, { user: supervisor });

  test("move agents of their own teams only, without naming a reason", () => {
    house.signIn("1002", "READY");
    expect(refusal(as("1011", "1002", "<state>NOT_READY</state>"))).toBe("401 Invalid Supervisor: 1002");
    expect(refusal(as("1001", "1002", "<state>NOT_READY</state><reasonCodeId>1</reasonCodeId>"))).toBe(
      "400 Invalid Input: reasonCodeId",
    );
    expect(as("1001", "1002", "<state>NOT_READY</state>").status).toBe(202);
    house.settle();
    expect(house.published.some((one) => one.xml.includes("<code>999</code>"))).toBe(true);
    expect(refusal(as("1001", "1002", "<state>NOT_READY</state>"))).toBe("400 Invalid State: state");
    expect(as("1001", "1002", "<state>LOGOUT</state>").status).toBe(202);
    expect(house.stateOf("1002").state).toBe("LOGOUT");
  });

  test("see their team, others do not", () => {
    expect(house.request("GET", "/Team/1").body).toContain("<loginId>1010</loginId>");
    expect(house.request("GET", "/Team/1", "", { user: "1002" }).status).toBe(401);
    expect(house.engine.maySubscribe("1001", "/finesse/api/Team/1/Users")).toBe(true);
    expect(house.engine.maySubscribe("1002", "/finesse/api/Team/1/Users")).toBe(false);
    expect(house.engine.maySubscribe("1002", "/finesse/api/User/1003/Dialogs")).toBe(false);
  });
});

describe("a population of one's own", () => {
  test("needs little and names what is wrong", () => {
    const population = populationFrom({ agents: [{ id: "7", extension: "70", team: "X" }] });
    const own = new House({ population });
    own.user("7", "<state>LOGIN</state><extension>70</extension>");
    expect(own.stateOf("7")).toMatchObject({ state: "NOT_READY", team: "Team X" });
    expect(() => populationFrom({ agents: [{}] })).toThrow("agents[0].id");
    expect(() => populationFrom({ agent: [] })).toThrow("agent is unknown");
    expect(() => populationFrom({ agents: [{ id: "1" }, { id: "1" }] })).toThrow("twice");
  });

  test("two thousand agents have distinct names, ids and extensions", () => {
    const { agents } = defaultPopulation({ agents: 2000 });
    for (const key of ["id", "loginName", "extension"] as const)
      expect(new Set(agents.map((agent) => agent[key])).size).toBe(2000);
    expect(() => populationFrom({ agents })).not.toThrow();
  });
});
