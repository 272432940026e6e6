import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type CalloutName, calloutTarget } from "../../../src/simulator/ebs/callouts.ts";
import { ManualClock } from "../../../src/platform/clock.ts";
import { document, eventXml, Stage, xmlType } from "./stage.ts";

const seat = { agent: "7001", extension: "70002" };
const facts = { ...seat, ipAddress: "127.0.0.1", port: 8888, password: "1234", queue: "7700" };

describe("callouts", () => {
  test.each<[CalloutName, string]>([
    ["Register", "/?FunctionName=Register&telesetNumber=70002&agentID=7001&ipAddress=127.0.0.1&port=8888"],
    ["Login", "/?FunctionName=Login&telesetNumber=70002&agentID=7001&agentPassword=1234&agentQueue=7700"],
    ["Ready", "/?FunctionName=Ready&telesetNumber=70002&agentID=7001"],
    ["NotReady", "/?FunctionName=NotReady&telesetNumber=70002&agentID=7001"],
    ["MakeCall", "/?FunctionName=MakeCall&telesetNumber=70002&agentID=7001&dialString=%2B92%20300%26"],
    [
      "DialCanonical",
      "/?FunctionName=DialCanonical&telesetNumber=70002&agentID=7001&dialString=%2B92%20300%26",
    ],
    ["CheckStatus", "/?FunctionName=CheckStatus"],
    ["Logout", "/?FunctionName=Logout&telesetNumber=70002&agentID=7001&agentPassword=1234&agentQueue=7700"],
    ["Unregister", "/?FunctionName=Unregister&telesetNumber=70002&agentID=7001"],
  ])("%s as the documents write it", async (name, target) => {
    expect(calloutTarget(name, facts, { number: "+92 300&" })).toBe(target);
    await using stage = await Stage.open({ seats: [seat], password: "1234" });
    await stage.ebs.callout("7001", name, { number: "+92 300&" });
    const { port } = new URL(stage.ebs.listenerUrl);
    expect(stage.softphone.targets).toEqual([`GET ${target.replace("8888", port)}`]);
  });

  test("a client that escapes no plus sign", () => {
    expect(calloutTarget("MakeCall", facts, { number: "+92300", unescaped: true })).toEndWith(
      "dialString=+92300",
    );
  });

  test("any number comes out of the query as it went in", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (number) => {
        const query = new URL(calloutTarget("MakeCall", facts, { number }), "http://localhost").searchParams;
        expect(query.get("dialString")).toBe(number);
      }),
    );
  });

  test("no password is kept", async () => {
    await using stage = await Stage.open({ password: "Tr0ub4dor&3" });
    const told: string[] = [];
    stage.ebs.watch(({ text }) => told.push(text));
    await stage.ebs.callout("1001", "Login");
    expect(stage.softphone.targets[0]).toContain("Tr0ub4dor%263");
    expect(JSON.stringify([stage.ebs.callouts(), stage.ebs.seats(), told])).not.toContain("Tr0ub4dor");
  });

  test("a third-party URL may have a path", async () => {
    await using stage = await Stage.open();
    await using other = await Stage.open({ url: `${stage.softphone.url}/ebs/` });
    await other.ebs.callout("1001", "CheckStatus");
    expect(stage.softphone.targets).toEqual(["GET /ebs/?FunctionName=CheckStatus"]);
  });
});

describe("the reply", () => {
  const xml = (body: string, status = 200) => new Response(body, { status, headers: xmlType });
  const error = (data: Record<string, string>) => xml(document(eventXml("Error", data)));

  test.each<[string, () => Response, object]>([
    ["success", () => xml("<CCTSDK/>"), { outcome: "ok" }],
    ["an error", () => error({ occtErrorMsg: "LoginFailed " }), { outcome: "error", message: "LoginFailed" }],
    [
      "with details",
      () => error({ occtErrorMsg: "x", KeyErrorDetails: "y & z" }),
      { outcome: "error", message: "x", details: "y & z" },
    ],
    [
      "another status",
      () => xml("<CCTSDK/>", 404),
      { outcome: "fault", fault: "status", message: "HTTP 404, not 200" },
    ],
    ["202", () => xml("<CCTSDK/>", 202), { outcome: "fault", fault: "status" }],
    ["a redirect", () => Response.redirect("http://127.0.0.1:1/"), { outcome: "fault", fault: "status" }],
    ["HTML", () => xml("<html><br></html>"), { outcome: "fault", fault: "not-xml" }],
    ["another root", () => xml("<html/>"), { outcome: "fault", fault: "not-xml" }],
    ["nothing", () => xml(""), { outcome: "fault", fault: "not-xml" }],
    ["not UTF-8", () => new Response(new Uint8Array([0xff]), { headers: xmlType }), { fault: "not-xml" }],
  ])("%s", async (_, answer, result) => {
    await using stage = await Stage.open();
    stage.softphone.answer = answer;
    expect(await stage.ebs.callout("1001", "Ready")).toMatchObject(result);
    expect(stage.ebs.callouts()).toMatchObject([{ callout: "Ready", agent: "1001", result }]);
    expect(stage.ebs.complaints()).toEqual([]);
  });

  test.each([
    [() => new Response("<CCTSDK/>"), "text/plain"],
    [() => xml(document(eventXml("Ready"))), "an event Ready"],
    [() => error({}), "without occtErrorMsg"],
  ])("what can be understood all the same is complained of", async (answer, words) => {
    await using stage = await Stage.open();
    stage.softphone.answer = answer;
    await stage.ebs.callout("1001", "Ready");
    const [complaint, ...others] = stage.ebs.complaints();
    expect([complaint?.kind, complaint?.text.includes(words), others]).toEqual(["reply", true, []]);
    expect(complaint?.text).toStartWith("Ready: the reply:");
  });

  test("nobody there", async () => {
    await using stage = await Stage.open({ url: "http://127.0.0.1:1" });
    expect(await stage.ebs.callout("1001", "Ready")).toMatchObject({
      outcome: "fault",
      fault: "unreachable",
    });
  });

  test("none within ten seconds", async () => {
    const clock = new ManualClock();
    await using stage = await Stage.open({ clock });
    const asked = Promise.withResolvers<void>();
    stage.softphone.answer = () => {
      asked.resolve();
      return new Promise(() => {});
    };
    const result = stage.ebs.callout("1001", "Ready");
    await asked.promise;
    clock.advance(9_999);
    expect(await Promise.race([result, Promise.resolve("waits")])).toBe("waits");
    clock.advance(1);
    expect(await result).toEqual({ outcome: "fault", fault: "timeout", message: "no answer within 10 s" });
  });

  test("one that never comes is not waited for when EBS is closed", async () => {
    await using stage = await Stage.open();
    const asked = Promise.withResolvers<void>();
    stage.softphone.answer = () => {
      asked.resolve();
      return new Promise(() => {});
    };
    const result = stage.ebs.callout("1001", "Ready");
    await asked.promise;
    await stage.ebs.close();
    expect(await result).toMatchObject({ outcome: "fault" });
  });
});
