import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SimulatedSalesforce, startSalesforce } from "../../src/simulator/salesforce/start.ts";
import { fakeControl, type Ran, run } from "./harness.ts";

const ana = "agent1001@example.com";
let folder: string;
let org: SimulatedSalesforce;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cti-open-cti-"));
  org = await startSalesforce({ makeKey: true, deviceInterval: 20 });
  await writeFile(join(folder, "ca.pem"), org.caPem);
  await writeFile(join(folder, "key.pem"), org.privateKey ?? "", { mode: 0o600 });
});

afterEach(async () => {
  await org.close();
  await rm(folder, { recursive: true });
});

async function openCti(args: string[], more: Record<string, string> = {}): Promise<Ran> {
  const table = { login: org.url, "client-id": org.clientId, flow: "device", ca: "ca.pem", ...more };
  const lines = Object.entries(table).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  const config = join(folder, "config.toml");
  await writeFile(config, ["[profiles.default.adapters.open-cti.salesforce]", ...lines].join("\n"));
  return run(["open-cti", ...args], fakeControl(), { env: { CTI_CONFIG: config, XDG_STATE_HOME: folder } });
}

/** Somebody at another computer types the code. */
const allow = (deny = false) =>
  org.waitFor(() => org.waiting()[0]).then((code) => org.approve(code, ana, deny));

describe("cti open-cti sign-in", () => {
  test("says what to do, whom it signed in and where that is kept", async () => {
    const [ran, { code }] = await Promise.all([openCti(["sign-in"]), allow()]);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stderr).toContain(`Open ${org.url}/setup/connect in a browser`);
    expect(ran.stderr).toContain(`    ${code}\n`);
    expect(ran.stdout).toBe(
      `✓ signed in at Salesforce as Agent 1001 (${ana}) at ${new URL(org.url).host}; kept in a file that you alone can read, since this machine has no key store\n`,
    );
    const status = await openCti(["status", "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject({
      signedIn: { username: ana, name: "Agent 1001", instance: org.url },
      flow: "device",
      kept: "file",
      limits: { most: 15_000 },
    });
    expect((await openCti(["status"])).stdout).toMatch(
      /^● Agent 1001 .*\n {2}kept in a file.*\n {2}\d+ of the org's 15000 API requests/,
    );
    expect((await openCti(["sign-out"])).stdout).toBe("✓ signed out at Salesforce\n");
    expect(await openCti(["status"])).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining("cti open-cti sign-in"),
    });
    expect((await openCti(["sign-out"])).stdout).toBe("nobody was signed in at Salesforce\n");
    expect(org.complaints()).toEqual([]);
  });

  test("for a program: one object a line, and no token", async () => {
    const [ran] = await Promise.all([openCti(["sign-in", "--json"]), allow()]);
    const [step, done] = ran.stdout
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(step).toEqual({
      step: {
        flow: "device",
        url: `${org.url}/setup/connect`,
        code: expect.any(String),
        expiresAt: expect.any(Number),
      },
    });
    expect(done).toMatchObject({ signedIn: { username: ana }, flow: "device", kept: "file" });
    expect(ran.stdout + ran.stderr).not.toMatch(/00D5g0000000001!|5Aep/);
  });

  test("quietly says only what nobody else can", async () => {
    const [ran] = await Promise.all([openCti(["sign-in", "--quiet"]), allow()]);
    expect(ran.stdout).toBe("");
    expect(ran.stderr).toContain("type this code");
  });

  test("denied", async () => {
    const [ran] = await Promise.all([openCti(["sign-in"]), allow(true)]);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain("the sign-in was denied in the browser");
  });

  test("not allowed in time", async () => {
    const ran = await openCti(["sign-in", "--timeout", "200ms"]);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain("nobody allowed the sign-in within 0.2 s");
  });

  test("with a wrong app", async () => {
    const ran = await openCti(["sign-in"], { "client-id": "3MVG9wrong" });
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toMatch(/why: +HTTP 400, invalid_client_id: client identifier invalid/);
    expect(ran.stderr).toContain("consumer key");
  });

  test("where Salesforce cannot be reached", async () => {
    await org.fail("down");
    const ran = await openCti(["sign-in"]);
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain("cannot reach Salesforce");
  });

  test("flags that make no sense", async () => {
    expect((await openCti(["sign-in", "--flow", "pkce", "--port", "0"])).exitCode).toBe(2);
    expect((await openCti(["sign-in", "--flow", "jwt"])).stderr).toContain('write flow = "jwt"');
  });

  test("by a key, which it only tries", async () => {
    const jwt = { flow: "jwt", user: "integration@example.com", key: "key.pem" };
    const ran = await openCti(["sign-in"], jwt);
    expect(ran.stdout).toContain("as Integration User (integration@example.com)");
    expect(ran.stdout).toContain("nothing is kept");
    expect((await openCti(["status"], jwt)).exitCode).toBe(0);
    expect((await openCti(["sign-in"], { ...jwt, user: "gone@example.com" })).exitCode).toBe(3);
  });

  test("without a table of Salesforce", async () => {
    const ran = await run(["open-cti", "sign-in"], fakeControl());
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain("[profiles.default.adapters.open-cti.salesforce]");
  });

  test("--remember is for keys", async () => {
    const ran = await openCti(["sign-in", "--remember"]);
    expect([ran.exitCode, ran.stderr]).toEqual([2, expect.stringContaining("keeps the key of flow")]);
  });
});
