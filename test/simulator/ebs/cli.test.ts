import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PassThrough } from "node:stream";
import { runCli } from "../../../src/commands/cli.ts";
import { processContext } from "../../../src/commands/context.ts";
import { simCommands } from "../../../src/commands/sim.ts";
import { plain } from "../../../src/platform/terminal.ts";
import { type EbsReadyFacts, runEbs } from "../../../src/simulator/ebs/cli/foreground.ts";
import { findEbs, registerEbs, unregisterEbs } from "../../../src/simulator/ebs/cli/registration.ts";
import { ebsFaults } from "../../../src/simulator/ebs/faults.ts";
import { document, established, pop, released, Softphone, Stage } from "./stage.ts";

let folder: string;
let environment: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cti-ebs-"));
  environment = { XDG_RUNTIME_DIR: folder };
});
afterEach(() => rmSync(folder, { recursive: true }));

async function type(words: string | string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const context = {
    ...processContext(),
    env: environment,
    folder,
    stdin,
    stdout,
    stderr,
    paint: { out: plain, err: plain },
  };
  const entry = { name: "sim", group: "Tools" as const, summary: "", load: async () => simCommands };
  const args = typeof words === "string" ? words.split(" ") : words;
  const code = await runCli(["sim", "ebs", ...args], context, [entry]);
  const read = (stream: PassThrough) => String(stream.read() ?? "");
  return { code, out: read(stdout), err: read(stderr) };
}

describe("cti sim ebs …", () => {
  const found = (stage: Stage) => registerEbs(environment, { pid: 1, control: stage.ebs.controlUrl });

  test("without one: exit 5 and the command that starts one", async () => {
    expect(await type("history")).toEqual({
      code: 5,
      out: "",
      err: "✗ no simulated EBS is running\n  next: start one in another terminal: cti sim ebs\n",
    });
    registerEbs(environment, { pid: 1, control: "http://127.0.0.1:1" });
    expect((await type("do check")).code).toBe(5);
  });

  test("sends callouts, prints the reply", async () => {
    await using stage = await Stage.open();
    found(stage);
    expect(await type("do register")).toEqual({ code: 0, out: "Register of 1001: ok\n", err: "" });
    const dialled = await type("do dial --number +92300 --unescaped --json");
    expect(JSON.parse(dialled.out)).toMatchObject({
      callout: "MakeCall",
      agent: "1001",
      result: { outcome: "ok" },
    });
    expect(stage.softphone.targets.at(-1)).toEndWith("&dialString=+92300");
  });

  test("answered Error: exit 4 and its words; no answer of the protocol: exit 5", async () => {
    await using stage = await Stage.open();
    found(stage);
    stage.softphone.refuse("LoginFailed", "wrong password");
    expect(await type("do login")).toMatchObject({
      code: 4,
      out: "",
      err: expect.stringContaining("LoginFailed (wrong password)"),
    });
    const json = await type("do login --json");
    expect([json.code, JSON.parse(json.out)]).toMatchObject([4, { result: { message: "LoginFailed" } }]);
    stage.softphone.answer = () => new Response("gone", { status: 503 });
    expect(await type("do ready")).toMatchObject({ code: 5, err: expect.stringContaining("HTTP 503") });
  });

  test("shows the history, breaks and mends", async () => {
    await using stage = await Stage.registered();
    const at = ["--ebs", stage.ebs.controlUrl];
    expect((await type(["history", ...at])).out).toBe("no interactions\n");
    await stage.post(document(pop("a\u202e"), established("b"), released("b")));
    expect((await type(["history", ...at])).out.split("\n")).toEqual([
      "a\ufffd  1001  03001234567  popped  pop/established/released 1/0/0  incomplete  Ayesha Khan",
      "b  1001  -  ended 0:00  pop/established/released 0/1/1  unannounced",
      "",
    ]);
    const json: unknown = JSON.parse((await type(["history", "--json", ...at])).out);
    expect(json).toMatchObject({ interactions: [{ complete: false }, { id: "b", complete: true }] });
    expect((await type(["fail", "status", "503", ...at])).out).toBe("event listener: status 503\n");
    expect((await stage.post(document(pop("c")))).status).toBe(503);
    expect((await type(["heal", ...at])).out).toBe("mended: 1001\n");
    expect((await type(["heal", ...at])).out).toBe("nothing was broken\n");
  });

  test.each([
    ["do lick --ebs {ebs}", 2, "not-ready"],
    ["do dial --ebs {ebs}", 2, "--number"],
    ["do ready --ebs {ebs}", 2, "--agent 1001 | 1002"],
    ["do ready --agent 9 --ebs {ebs}", 2, "no seat of agent 9"],
    ["fail toaster --ebs {ebs}", 2, "hang"],
    ["fail slow --ebs {ebs}", 2, "milliseconds"],
    ["history --ebs here", 2, "not a URL"],
    ["--url localhost:3107", 2, "--url"],
    ["--seat 1001", 2, "AGENT:EXTENSION"],
    ["--agent 1001", 2, "in pairs"],
    ["--agent 1001 --extension 2001 --seat 1001:2002", 2, "the agent 1001"],
    ["--listen-port 99999", 2, "--listen-port"],
    ["--check-every soon", 2, "--check-every"],
    ["--customers nowhere.json", 2, "nowhere.json"],
  ])("%s: exit %d", async (line, code, words) => {
    const seats = [
      { agent: "1001", extension: "2001" },
      { agent: "1002", extension: "2002" },
    ];
    await using stage = await Stage.open({ seats });
    const result = await type(line.replace("{ebs}", stage.ebs.controlUrl));
    expect([result.code, result.out]).toEqual([code, ""]);
    expect(result.err).toContain(words);
  });

  test("the help names every fault", async () => {
    const { out } = await type("fail --help");
    for (const fault of Object.keys(ebsFaults)) expect(out).toContain(`${fault}:`);
  });

  test("the control API shows all there is, and keeps web pages out", async () => {
    await using stage = await Stage.registered();
    await stage.post(document(pop("a"), "<event/>"));
    const get = async (path: string, headers = {}) => {
      const response = await fetch(`${stage.ebs.controlUrl}${path}`, { headers });
      return [response.status, await response.json()];
    };
    expect(await get("/ebs")).toMatchObject([200, { "POST /ebs/do": {} }]);
    expect(await get("/ebs/state")).toMatchObject([200, { seats: [{ agent: "1001" }], faults: [] }]);
    expect(await get("/ebs/events")).toMatchObject([200, { events: [{ name: "ScreenPop" }, { name: "" }] }]);
    expect(await get("/ebs/complaints")).toMatchObject([200, { complaints: [{ kind: "unknown-event" }] }]);
    expect(await get("/ebs/callouts")).toMatchObject([200, { callouts: [{ callout: "Register" }] }]);
    expect(await get("/ebs/do")).toMatchObject([404, { error: { code: "usage" } }]);
    expect(await get("/ebs", { Origin: "https://evil.example.com" })).toMatchObject([403, {}]);
  });
});

describe("in the foreground", () => {
  test("writes its file, registers, begins the day, tells, and cleans up", async () => {
    await using softphone = new Softphone();
    const [end, ready, worked] = [
      Promise.withResolvers<void>(),
      Promise.withResolvers<EbsReadyFacts>(),
      Promise.withResolvers<void>(),
    ];
    const texts: string[] = [];
    const options = { directory: folder, readyFile: "deep/ready.json", url: softphone.url, day: true };
    await Bun.write(
      join(folder, "people.json"),
      JSON.stringify([{ name: "Ana Souza", phone: "0300 1234567" }]),
    );
    const done = runEbs(
      { ...options, customersFile: "people.json" },
      {
        environment,
        ready: (_, facts) => ready.resolve(facts),
        happened: ({ text }) => {
          texts.push(text);
          if (text === "Ready: ok") worked.resolve();
        },
        ended: end.promise,
      },
    );
    const facts = await Promise.race([ready.promise, done.then(() => ready.promise)]);
    expect(await Bun.file(join(folder, "deep/ready.json")).json()).toEqual(facts);
    expect(facts).toMatchObject({ url: softphone.url, seats: [{ agent: "1001", listener: facts.listener }] });
    expect(findEbs(environment, undefined)).toBe(facts.control);
    await worked.promise;
    await fetch(facts.listener, {
      method: "POST",
      headers: { "Content-Type": "text/xml" },
      body: document(pop("a")),
    });
    expect(texts).toEqual([
      "Register: ok",
      "Login: ok",
      "Ready: ok",
      expect.stringContaining("Ana Souza (by occtANI 03001234567)"),
    ]);
    end.resolve();
    await done;
    expect(() => findEbs(environment, undefined)).toThrow();
    await expect(fetch(facts.control)).rejects.toThrow();
  });

  test("another one's registration is left alone", () => {
    registerEbs(environment, { pid: 2, control: "http://127.0.0.1:2" });
    unregisterEbs(environment, 1);
    expect(findEbs(environment, undefined)).toBe("http://127.0.0.1:2");
  });

  test("as a process: JSON a line, ends in order on SIGTERM, no password in sight", async () => {
    await using softphone = new Softphone();
    const main = resolve(import.meta.dir, "../../../src/main.ts");
    const child = Bun.spawn(
      [
        process.execPath,
        main,
        "sim",
        "ebs",
        "--json",
        "--seat",
        "7001:70002",
        "--url",
        softphone.url,
        "--day",
      ],
      {
        // The third-party URL is on this machine: no proxy is asked for it.
        env: {
          ...environment,
          HOME: folder,
          CTI_SIM_PASSWORD: "Tr0ub4dor",
          http_proxy: "http://127.0.0.1:1",
        },
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const decoder = new TextDecoder();
    let out = "";
    for await (const chunk of child.stdout) {
      out += decoder.decode(chunk, { stream: true });
      if (out.includes("Ready: ok")) child.kill("SIGTERM");
    }
    expect(await child.exited).toBe(0);
    const lines = out
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(lines).toMatchObject([
      { url: softphone.url, seats: [{ agent: "7001", extension: "70002" }] },
      { at: expect.any(String), type: "seat", agent: "7001", text: "Register: ok" },
      { text: "Login: ok" },
      { text: "Ready: ok" },
    ]);
    expect(softphone.targets[1]).toContain("agentPassword=Tr0ub4dor");
    expect(out + (await new Response(child.stderr).text())).not.toContain("Tr0ub4dor");
    expect(existsSync(join(folder, "cti", "sim-ebs.json"))).toBe(false);
  });
});
