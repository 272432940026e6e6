import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { plain } from "../../src/platform/terminal.ts";
import { runCli } from "../../src/commands/cli.ts";
import { processContext } from "../../src/commands/context.ts";
import { simCommands } from "../../src/commands/sim.ts";
import { faults } from "../../src/simulator/server/faults.ts";
import { startSimulator, type Simulator } from "../../src/simulator/start.ts";

let simulator: Simulator;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cti-sim-"));
  simulator = await startSimulator({ seed: 1 });
});
afterAll(async () => {
  await simulator.stop();
  rmSync(folder, { recursive: true });
});

/** Types a command line; with `{sim}` where the simulator's URL belongs. */
async function type(line: string, input = "") {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(input);
  const context = {
    ...processContext(),
    env: { XDG_RUNTIME_DIR: folder },
    stdin,
    stdout,
    stderr,
    paint: { out: plain, err: plain },
  };
  const entry = { name: "sim", group: "Tools" as const, summary: "", load: async () => simCommands };
  const args = line.split(" ").map((word) => word.replace("{sim}", simulator.controlUrl));
  const code = await runCli(args, context, [entry]);
  const read = (stream: PassThrough) => String(stream.read() ?? "");
  return { code, out: read(stdout), err: read(stderr) };
}

describe("cti sim …", () => {
  test("without a simulator: exit 5 and the command that starts one", async () => {
    expect(await type("sim call 1001 --from 5551234")).toEqual({
      code: 5,
      out: "",
      err: "✗ no simulator is running\n  next: start one in another terminal: cti sim\n",
    });
  });

  test.each([
    ["sim call 9999 --from 5 --sim {sim}", 2, "9999"],
    ["sim call 1001 --from 5 --sim {sim}", 4, "LOGOUT"],
    ["sim call 1001 --sim {sim}", 2, "--from"],
    ["sim call --from 5 --sim {sim}", 2, "an agent or a queue"],
    ["sim call 1001 --from 5 --var x --sim {sim}", 2, "name=value"],
    ["sim answer --sim {sim}", 7, "rings outside"],
    ["sim phone 1001 lick --sim {sim}", 2, "off-hook"],
    ["sim fail toaster --sim {sim}", 2, "tomcat"],
    ["sim fail slow --delay soon --sim {sim}", 2, "--delay"],
    ["sim script /nowhere --sim {sim}", 2, "cannot read /nowhere"],
    ["sim --rest-port 99999", 2, "--rest-port"],
    ["sim --profile sccx", 2, "--profile"],
    ["sim --speed 0", 2, "--speed"],
  ])("%s: exit %d", async (line, code, words) => {
    const result = await type(line);
    expect([result.code, result.out]).toEqual([code, ""]);
    expect(result.err).toContain(words);
  });

  test("a call to a queue, seen, and given up", async () => {
    const placed = await type(
      "sim call --queue Sales.EN --from 5551234 --var callVariable1=a=b --sim {sim} --json",
    );
    expect(JSON.parse(placed.out)).toMatchObject({ state: "queued" });
    const state: unknown = JSON.parse((await type("sim state --sim {sim} --json")).out);
    expect(state).toMatchObject({ calls: [{ from: "5551234", variables: { callVariable1: "a=b" } }] });
    expect((await type("sim state --sim {sim}")).out).toContain("queue Sales.EN: 1 waiting");
    expect(await type("sim abandon --sim {sim}")).toEqual({ code: 0, out: "the caller gave up\n", err: "" });
  });

  test("breaks and mends", async () => {
    expect((await type("sim fail cti --sim {sim}")).out).toContain("503");
    expect((await type("sim state --sim {sim}")).out).toContain("broken: cti");
    expect((await type("sim heal --sim {sim}")).out).toBe("mended: cti\n");
    expect((await type("sim heal --sim {sim}")).out).toBe("nothing was broken\n");
  });

  test("plays a scenario from stdin, and names the line that is wrong", async () => {
    const played = await type("sim script - --sim {sim}", "call queue Sales.EN from 1\nabandon");
    expect([played.code, played.out.trim().split("\n").length]).toEqual([0, 2]);
    const wrong = await type("sim script - --sim {sim}", "heal\ndance");
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("line 2")]);
  });

  test("the help names every fault", async () => {
    const { out } = await type("sim fail --help");
    for (const fault of Object.keys(faults)) expect(out).toContain(`${fault}:`);
  });
});
