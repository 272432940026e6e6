import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  runSalesforce,
  type SalesforceReadyFacts,
} from "../../../src/simulator/salesforce/cli/foreground.ts";
import {
  findSalesforce,
  registerSalesforce,
  unregisterSalesforce,
} from "../../../src/simulator/salesforce/cli/registration.ts";
import { typed } from "./typed.ts";

let folder: string;
let environment: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cti-salesforce-"));
  environment = { XDG_RUNTIME_DIR: folder };
});
afterEach(() => rmSync(folder, { recursive: true }));
const type = (words: string | string[]) => typed(words, { folder, environment });

describe("in the foreground", () => {
  test("writes its files, registers, tells, and cleans up", async () => {
    const [end, ready] = [Promise.withResolvers<void>(), Promise.withResolvers<SalesforceReadyFacts>()];
    const texts: string[] = [];
    const records = [
      { object: "Account", ref: "a", fields: { Name: "Foods" } },
      { object: "Contact", fields: { LastName: "Ali", Phone: "5550000", AccountId: "@a" } },
    ];
    await Bun.write(join(folder, "people.json"), JSON.stringify(records));
    const options = {
      directory: folder,
      readyFile: "deep/ready.json",
      caOut: "ca.pem",
      keyOut: "key.pem",
      recordsFile: "people.json",
      users: ["ana@example.com"],
    };
    const done = runSalesforce(options, {
      environment,
      ready: (_, facts) => ready.resolve(facts),
      happened: ({ text }) => texts.push(text),
      ended: end.promise,
    });
    const facts = await Promise.race([ready.promise, done.then(() => ready.promise)]);
    expect(await Bun.file(join(folder, "deep/ready.json")).json()).toEqual(facts);
    expect(facts).toMatchObject({
      users: [{ username: "ana@example.com" }],
      clientId: "cti-sim",
      softphone: null,
      ca: join(folder, "ca.pem"),
    });
    expect(findSalesforce(environment, undefined)).toBe(facts.control);
    expect(statSync(facts.key ?? "").mode & 0o777).toBe(0o600);
    expect((await type("records")).out).toContain("Ali  5550000");
    const ca = await Bun.file(facts.ca).text();
    expect((await fetch(facts.script, { tls: { ca } })).status).toBe(200);
    await type("fail status 503");
    expect(texts).toEqual(["FAULT  status 503"]);
    end.resolve();
    await done;
    expect(() => findSalesforce(environment, undefined)).toThrow();
    await expect(fetch(facts.control)).rejects.toThrow();
  });

  test.each([
    ["{}", "list"],
    ["[1]", "record 1"],
    ['[{"object":"Task","fields":{}}]', "object is one of"],
    ['[{"object":"Contact"}]', "no fields"],
    ['[{"object":"Contact","fields":{"Nope":1}}]', "no field Nope"],
    ['[{"object":"Contact","fields":{},"name":"x"}]', '"name"'],
  ])("records %s are refused", async (text, words) => {
    await Bun.write(join(folder, "people.json"), text);
    const result = await type("--port 0 --records people.json");
    expect([result.code, result.err]).toEqual([2, expect.stringContaining(words)]);
  });

  test("another one's registration is left alone", () => {
    registerSalesforce(environment, { pid: 2, control: "http://127.0.0.1:2" });
    unregisterSalesforce(environment, 1);
    expect(findSalesforce(environment, undefined)).toBe("http://127.0.0.1:2");
  });

  test("as a process: JSON a line, ends in order on SIGTERM", async () => {
    const main = resolve(import.meta.dir, "../../../src/main.ts");
    const child = Bun.spawn(
      [process.execPath, main, "sim", "salesforce", "--json", "--port", "0", "--seed", "1"],
      {
        env: { ...environment, HOME: folder },
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const decoder = new TextDecoder();
    let out = "";
    for await (const chunk of child.stdout) {
      out += decoder.decode(chunk, { stream: true });
      if (!out.includes("\n")) continue;
      const { control } = JSON.parse(out.split("\n")[0] ?? "") as SalesforceReadyFacts;
      if (!out.includes("FAULT"))
        await fetch(`${control}/salesforce/fail`, { method: "POST", body: '{"fault":"hang"}' });
      else child.kill("SIGTERM");
    }
    expect(await child.exited).toBe(0);
    const lines = out
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(lines).toMatchObject([
      { url: expect.stringMatching(/^https:\/\/localhost:\d+$/), key: null },
      { at: expect.any(String), type: "fault", user: "-", text: "FAULT  hang" },
    ]);
    expect(existsSync(join(folder, "cti", "sim-salesforce.json"))).toBe(false);
  });
});
