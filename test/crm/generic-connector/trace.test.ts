import { describe, expect, test } from "bun:test";
import { recordedBody } from "../../../src/crm/generic-connector/request-record.ts";
import { call } from "../samples.ts";
import { Stage } from "./desk-stage.ts";

const lines = (stage: Stage): string[] =>
  stage.port.traced.map(
    ({ direction, summary, cause, agent }) => `${direction} ${summary} ${agent} ${cause ?? "-"}`,
  );

describe("the trace of a Generic Connector", () => {
  test("ties a request to what is asked of the session, and to the answer", async () => {
    const stage = new Stage();
    await stage.signedIn();
    stage.port.traced.length = 0;
    stage.port.causes.length = 0;
    await stage.send("MakeReady#1001");
    const [cause = ""] = stage.port.causes;
    expect(cause).toMatch(/^c-\d+$/);
    expect(lines(stage)).toEqual([`in MakeReady#1001 1001 ${cause}`, `out State#1001 1001 ${cause}`]);
    expect(stage.port.traced.map(({ peer }) => peer)).toEqual(["Connector1", "pc1"]);
  });

  test("events carry the cause of what they tell, and go without one when nobody asked", async () => {
    const stage = new Stage();
    await stage.signedIn();
    stage.port.traced.length = 0;
    stage.call("1001", { type: "call.started", call: call() });
    expect(lines(stage)).toEqual(["out NewInboundCall#1001 1001 -", "out InboundCall#1001 1001 -"]);
    expect(stage.port.traced[0]?.text).toContain("callVariable1=CUST-778");
    expect(stage.port.traced[0]?.masked?.()).toContain("callVariable1=•••|callVariable4=|");
    expect(stage.port.traced[0]?.masked?.()).not.toContain("CUST-778");
  });

  test("in the JSON flavour values are masked as well", async () => {
    const stage = new Stage({ flavour: "json" });
    await stage.signedIn();
    stage.port.traced.length = 0;
    stage.call("1001", { type: "call.started", call: call() });
    const [record] = stage.port.traced;
    expect(record?.text).toContain("CUST-778");
    expect(record?.masked?.()).not.toContain("CUST-778");
  });

  test("Connect and Login are there without the password, greetings and beats are not", async () => {
    const stage = new Stage();
    await stage.send("Hello#pc1");
    await stage.signedIn();
    await stage.send("Beat#pc1");
    const requests = stage.port.traced.filter(({ direction }) => direction === "in");
    expect(requests.map(({ summary, text }) => `${summary} ${text}`)).toEqual([
      "Connect#1001 pc1,•••",
      "Login#1001 •••,42001",
    ]);
    expect(JSON.stringify(stage.port.traced)).not.toContain("s3cret-pw");
    expect(stage.port.causes).toEqual(requests.map(({ cause }) => cause));
  });

  test("what the broker does not take is told as thrown away", async () => {
    const stage = new Stage();
    await stage.signedIn();
    stage.port.traced.length = 0;
    stage.taken = false;
    await stage.send("GetState#1001");
    expect(stage.port.traced.at(-1)?.summary).toStartWith("State#1001, thrown away");
  });
});

describe("a request's body in the trace", () => {
  const kept: [command: string, body: string, text: string, masked?: string][] = [
    ["connect", "pc1,pass", "pc1,•••"],
    // A password with a comma, or only the password: no place is certain.
    ["connect", "pc1,pa,ss", "•••"],
    ["login", "pass", "•••"],
    ["login", '{"password":"pass","extension":"42001"}', '{"password":"•••","extension":"42001"}'],
    ["login", '{"Pasword":"pass"}', '{"Pasword":"•••"}'],
    ["login", '{"password":"pass"', "•••"],
    ["login", '{"password" "pass"}', "•••"],
    ["mobileagentlogin", "pass,42001,555,true", "•••,42001,555,true"],
    ["conect", "pc1,pass", "•••"],
    ["makecall", "5551234", "5551234"],
    ["updatecallvariable", "16,callVariable1=a,b=c", "16,callVariable1=a,b=c", "16,callVariable1=•••"],
    ["updatecallvariable", "nonsense", "nonsense", "•••"],
    [
      "updatecallvariable",
      '{"dialogId":"16","variables":{"a":"x"}}',
      '{"dialogId":"16","variables":{"a":"x"}}',
      '{"dialogId":"16","variables":{"a":"•••"}}',
    ],
    [
      "updatecallvariable",
      '{"dialogId":"16","name":"a","value":"x"}',
      '{"dialogId":"16","name":"a","value":"x"}',
      '{"dialogId":"16","name":"a","value":"•••"}',
    ],
    ["makeready", "", ""],
  ];
  for (const [command, body, text, masked] of kept)
    test(`${command} ${body}`, () => {
      const record = recordedBody(command, body);
      expect(record.text).toBe(text);
      expect(record.masked?.()).toBe(masked as string);
    });
});
