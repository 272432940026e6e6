import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerSalesforce } from "../../../src/simulator/salesforce/cli/registration.ts";
import { salesforceFaults } from "../../../src/simulator/salesforce/faults.ts";
import { Frame } from "./frame.ts";
import { Stage } from "./stage.ts";
import { typed } from "./typed.ts";

let folder: string;
let environment: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cti-salesforce-"));
  environment = { XDG_RUNTIME_DIR: folder };
});
afterEach(() => rmSync(folder, { recursive: true }));
const type = (words: string | string[]) => typed(words, { folder, environment });

const call = {
  Subject: "Call",
  Status: "Completed",
  CallType: "Inbound",
  CallObject: "01J:1001",
  CallDurationInSeconds: 61,
};

describe("cti sim salesforce …", () => {
  const found = (stage: Stage) => registerSalesforce(environment, { pid: 1, control: stage.org.controlUrl });

  test("without one: exit 5 and the command that starts one", async () => {
    expect(await type("tasks")).toEqual({
      code: 5,
      out: "",
      err: "✗ no simulated Salesforce is running\n  next: start one in another terminal: cti sim salesforce\n",
    });
    registerSalesforce(environment, { pid: 1, control: "http://127.0.0.1:1" });
    expect((await type("state")).code).toBe(5);
  });

  test("shows Tasks with all that happened to them, calls and complaints", async () => {
    await using stage = await Stage.open();
    found(stage);
    expect((await type("tasks")).out).toBe("no Tasks\n");
    expect(await type("complaints")).toEqual({ code: 0, out: "no complaints\n", err: "" });
    await stage.task(call);
    await stage.org.fail("lost");
    await stage.task({ ...call, Description: "\u202eagain" }).catch(() => {});
    const time = /^(  )?\d\d:\d\d:\d\d/gm;
    expect((await type("tasks")).out.replace(time, "$1AT").split("\n")).toEqual([
      "00T5g0000000001EAA  Call  Completed  Inbound  61 s  01J:1001",
      "  AT  created by REST  agent1001@example.com  Subject, Status, CallType, CallObject, CallDurationInSeconds",
      "00T5g0000000002EAA  Call  Completed  Inbound  61 s  01J:1001",
      "  AT  created by REST  agent1001@example.com  Subject, Status, CallType, CallObject, CallDurationInSeconds, Description, answer lost",
      "",
    ]);
    expect((await type("calls")).out.replace(time, "AT")).toContain(
      "AT  REST  201  POST /services/data/v62.0/sobjects/Task  agent1001@example.com  (lost for 1 request)\n",
    );
    const judged = await type("complaints");
    expect([judged.code, judged.out.replace(time, "AT")]).toEqual([
      4,
      "AT  two-tasks  REST  agent1001@example.com  2 Tasks have the CallObject 01J:1001: 00T5g0000000001EAA, 00T5g0000000002EAA\n",
    ]);
    expect(JSON.parse((await type("tasks --json")).out)).toMatchObject({
      tasks: [{}, { fields: { Description: "\u202eagain" } }],
    });
  });

  test("acts as a user on a page", async () => {
    await using stage = await Stage.open();
    found(stage);
    expect(await type("click 5551234")).toMatchObject({
      code: 2,
      err: expect.stringContaining("/lightning/page/home"),
    });
    await using frame = await Frame.open(stage);
    expect(await type("click 5551234")).toMatchObject({ code: 4, err: expect.stringContaining("no links") });
    frame.method("onClickToDial")({ listener: () => {} });
    await frame.call("enableClickToDial");
    expect((await type("click 5551234")).out).toBe("clicked: 5551234, Mia Short's\n");
    expect((await type(["click", "42", "--page", frame.page])).out).toBe("clicked: 42\n");
    expect((await type("open --search Khan")).out).toBe("opened: Khan\n");
    expect((await type("open 0015g0000000001AAA")).out).toBe("opened: 0015g0000000001AAA\n");
    expect((await type("state")).out).toContain(
      `page       ${frame.page}  agent1001@example.com  Karachi Textiles  click-to-dial, panel open`,
    );
    await frame.call("searchAndScreenPop", { searchParams: "5551234", callType: "inbound" });
    expect((await type("pops")).out).toContain(
      "searchAndScreenPop  SCREEN POP  5551234 (inbound)  → 1 match: Mia Short (Contact)",
    );
    expect((await type("softphone https://127.0.0.1:1/a")).out).toBe("pages frame https://127.0.0.1:1/a\n");
    expect((await type("softphone")).out).toBe("pages frame nothing\n");
    expect((await type("records Account")).out).toContain("Müller & Söhne GmbH  +49 (0)30 901820\n");
  });

  test("breaks, mends and approves", async () => {
    await using stage = await Stage.open();
    found(stage);
    expect((await type("fail status 503")).out).toBe("Salesforce: status 503\n");
    expect((await stage.rest("limits")).status).toBe(503);
    expect((await type("heal")).out).toBe("mended: status 503\n");
    expect((await type("heal")).out).toBe("nothing was broken\n");
    expect((await type("fail row-lock --count 2 --for 60")).out).toBe(
      "Salesforce: row-lock for 2 requests\n",
    );
    const form = { response_type: "device_code", client_id: "cti-sim" };
    await stage.ask("/services/oauth2/token", { form });
    const [code = ""] = stage.org.waiting();
    expect((await type("state")).out).toContain(`waiting    ${code}: cti sim salesforce approve CODE`);
    expect((await type("approve --as agent1002@example.com")).out).toBe(
      `${code}: approved by agent1002@example.com\n`,
    );
    expect(await type("approve")).toMatchObject({ code: 2, err: expect.stringContaining("no device waits") });
  });

  test.each([
    ["fail toaster", 2, "row-lock"],
    ["fail slow", 2, "milliseconds"],
    ["fail lost --count many", 2, "--count"],
    ["fail down --for soon", 2, "--for"],
    ["open a --search b", 2, "not both"],
    ["open 0035g0000000999AAA", 2, "no page with a softphone"],
    ["records Nothing", 2, "Contact"],
    ["softphone nowhere", 2, "no address"],
    ["approve ABCDEFGH --as nobody", 2, "nobody"],
  ])("%s: exit %d", async (line, code, words) => {
    await using stage = await Stage.open();
    const result = await type(`${line} --salesforce ${stage.org.controlUrl}`);
    expect([result.code, result.out]).toEqual([code, ""]);
    expect(result.err).toContain(words);
  });

  test.each([
    ["state --salesforce here", 2, "not a URL"],
    ["--port 99999", 2, "--port"],
    ["--seed x", 2, "--seed"],
    ["--port 0 --softphone nowhere", 2, "no address"],
    ["--port 0 --auto-approve nobody", 2, "nobody"],
    ["--port 0 --custom-field Task.Key", 2, "Task.CTI_Key__c"],
    ["--port 0 --records nowhere.json", 2, "nowhere.json"],
  ])("%s: exit %d", async (line, code, words) => {
    const result = await type(line);
    expect([result.code, result.out]).toEqual([code, ""]);
    expect(result.err).toContain(words);
  });

  test("the help names every fault", async () => {
    const out = (await type("fail --help")).out.replaceAll(/\s+/g, " ");
    for (const fault of Object.keys(salesforceFaults)) expect(out).toContain(`${fault}:`);
  });

  test("the control API shows all there is, and keeps web pages out", async () => {
    await using stage = await Stage.open();
    const at = async (
      path: string,
      { body, headers }: { body?: object; headers?: Record<string, string> } = {},
    ) => {
      const response = await fetch(`${stage.org.controlUrl}${path}`, {
        ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
        ...(headers !== undefined && { headers }),
      });
      return [response.status, await response.json()];
    };
    expect(await at("/salesforce")).toMatchObject([200, { "POST /salesforce/fail": {} }]);
    const made = await at("/salesforce/record", {
      body: { object: "Contact", fields: { LastName: "New", Phone: "5559999" } },
    });
    expect(made).toMatchObject([200, { id: expect.stringMatching(/^003/) }]);
    expect(
      await at("/salesforce/record", { body: { object: "Contact", fields: { Nope: "1" } } }),
    ).toMatchObject([400, {}]);
    expect(await at("/salesforce/records?object=Contact")).toMatchObject([
      200,
      { records: expect.arrayContaining([expect.objectContaining({ Name: "New" })]) },
    ]);
    expect(await at("/salesforce/call", { body: { number: "5559999", state: "ended" } })).toMatchObject([
      200,
      {},
    ]);
    expect(await at("/salesforce/call", { body: { number: "5559999", state: "over" } })).toMatchObject([
      400,
      {},
    ]);
    expect(await at("/salesforce/fail", { body: { fault: "down", nope: 1 } })).toMatchObject([
      400,
      { error: { code: "input-invalid" } },
    ]);
    expect(await at("/salesforce/nothing")).toMatchObject([404, {}]);
    expect(await at("/salesforce", { headers: { Origin: "https://evil.example.com" } })).toMatchObject([
      403,
      {},
    ]);
  });
});
