import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askSimulator } from "../../../src/simulator/cli/control-client.ts";
import { type ForegroundPort, type ReadyFacts, runSimulator } from "../../../src/simulator/cli/foreground.ts";
import { findSimulator, register, unregister } from "../../../src/simulator/cli/registration.ts";

let folder: string;
let environment: Record<string, string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cti-sim-"));
  environment = { XDG_RUNTIME_DIR: folder };
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("finding the simulator", () => {
  test("none: says how to start one", () => {
    expect(() => findSimulator(environment, undefined)).toThrow(
      expect.objectContaining({ code: "simulator-unreachable", hint: expect.stringContaining("cti sim") }),
    );
  });

  test("the latest one started is found, and only it can take itself back", () => {
    register(environment, { pid: 1, control: "http://127.0.0.1:1" });
    register(environment, { pid: 2, control: "http://127.0.0.1:2" });
    unregister(environment, 1);
    expect(findSimulator(environment, undefined)).toBe("http://127.0.0.1:2");
    unregister(environment, 2);
    expect(() => findSimulator(environment, undefined)).toThrow();
  });

  test("a URL wins, and must be one", () => {
    expect(findSimulator(environment, "http://127.0.0.1:3/")).toBe("http://127.0.0.1:3");
    expect(() => findSimulator(environment, "here")).toThrow(expect.objectContaining({ code: "usage" }));
  });

  test("one that died without a word is as good as none", async () => {
    register(environment, { pid: 1, control: "http://127.0.0.1:1" });
    await expect(askSimulator(findSimulator(environment, undefined), "state")).rejects.toMatchObject({
      code: "simulator-unreachable",
    });
  });
});

describe("in the foreground", () => {
  /** Runs until `end` is called; `ready` resolves when it serves. */
  function run(options: Partial<Parameters<typeof runSimulator>[0]> = {}) {
    let end = () => {};
    let ready = (_: { text: string; facts: ReadyFacts }) => {};
    const texts: string[] = [];
    const port: ForegroundPort = {
      environment,
      ready: (text, facts) => ready({ text, facts }),
      happened: ({ text }) => void texts.push(text),
      ended: new Promise<void>((resolve) => (end = resolve)),
    };
    const started = new Promise<{ text: string; facts: ReadyFacts }>((resolve) => (ready = resolve));
    const done = runSimulator({ directory: folder, ...options }, port);
    return {
      started: () => Promise.race([started, done.then(() => started)]),
      done,
      texts,
      end: () => end(),
    };
  }

  test("writes its files, registers, and cleans up at the end", async () => {
    const simulator = run({ caOut: "ca.pem", readyFile: "deep/ready.json" });
    const { facts } = await simulator.started();
    expect(await Bun.file(join(folder, "deep/ready.json")).json()).toEqual(facts);
    expect(facts.ca).toBe(join(folder, "ca.pem"));
    expect(await Bun.file(facts.ca).text()).toStartWith("-----BEGIN CERTIFICATE-----");
    expect(findSimulator(environment, undefined)).toBe(facts.control);
    simulator.end();
    await simulator.done;
    expect(() => findSimulator(environment, undefined)).toThrow();
    expect(existsSync(facts.ca)).toBe(true);
  });

  test("prints a sign-in line that works as it stands, and no password of its user's", async () => {
    const simulator = run({ password: "Tr0ub4dor" });
    const { text, facts } = await simulator.started();
    expect(text).toContain(`cti login -a 1001 -e 2001 --finesse ${facts.nodes[0]?.rest} --ca ${facts.ca}`);
    expect(existsSync(facts.ca)).toBe(true);
    expect(text).not.toContain("Tr0ub4dor");
    simulator.end();
    await simulator.done;
    expect(existsSync(facts.ca)).toBe(false);
  });

  test("names the address of a host name that only it knows", async () => {
    const simulator = run({ hosts: ["fina.example.com"] });
    expect((await simulator.started()).text).toContain("--resolve fina.example.com:127.0.0.1");
    simulator.end();
    await simulator.done;
  });

  test("tells what happens", async () => {
    const simulator = run();
    const { facts } = await simulator.started();
    await askSimulator(facts.control, "call", { queue: "Sales.EN", from: "5551234" });
    await askSimulator(facts.control, "abandon", {});
    simulator.end();
    await simulator.done;
    expect(simulator.texts).toEqual([
      expect.stringMatching(/^call \d+ 5551234 → 811802 by Sales.EN: 5551234 INITIATED$/),
      expect.stringMatching(/^call \d+ is over$/),
    ]);
  });

  test("takes a population from a file, and says what is wrong with one", async () => {
    await Bun.write(
      join(folder, "people.json"),
      JSON.stringify({ agents: [{ id: "7001", extension: "8001" }] }),
    );
    const simulator = run({ populationFile: "people.json" });
    expect((await simulator.started()).text).toContain("-a 7001 -e 8001");
    simulator.end();
    await simulator.done;
    await Bun.write(join(folder, "people.json"), "{");
    await expect(run({ populationFile: "people.json" }).done).rejects.toMatchObject({ code: "usage" });
  });
});
