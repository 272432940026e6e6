import { expect, test } from "bun:test";
import { fakeControl, run } from "./harness.ts";

const decode = (stdin: string) => run(["decode", "--kind", "gc"], fakeControl(), { stdin });

test("an object a line, fields by name, the unknown as it is", async () => {
  const { exitCode, stdout } = await decode(
    '1001#State#READY#-1\r\n\n1001#Moon#full\n{"event":"agentState"}\n',
  );
  const said = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  expect(exitCode).toBe(0);
  expect(said).toEqual([
    { agent: "1001", event: "State", state: "READY", reasonCode: "-1" },
    { agent: "1001", event: "Moon", more: ["full"] },
    { agent: "", event: "agentState" },
  ]);
});

test.each(["", "\n", "hello"])("no event: exit 2 (%j)", async (stdin) => {
  const { exitCode, stdout, stderr } = await decode(stdin);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toStartWith("✗ ");
});
