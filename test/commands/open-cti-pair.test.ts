import { expect, test } from "bun:test";
import { agentStatus, fakeControl, run } from "./harness.ts";

const pairing = {
  agent: "1001",
  token: "k3Jc0t",
  url: "https://127.0.0.1:8112/softphone#pair=k3Jc0t",
  expiresAt: "2026-01-05T09:02:00.000Z",
};

test("the address goes to stdout alone, so that a program can open it; the words stand beside it", async () => {
  const control = fakeControl({ adapterAnswer: pairing });
  const { stdout, stderr, exitCode } = await run(["open-cti", "pair"], control);
  expect(stdout).toBe(`${pairing.url}\n`);
  expect(stderr).toContain("as agent 1001");
  expect(stderr).toContain("Or paste this into the softphone in Salesforce: k3Jc0t");
  expect(exitCode).toBe(0);
  expect(control.asked).toContainEqual({
    what: "ask open-cti",
    detail: { what: "pair", given: { agent: "1001" } },
  });
});

test("--json gives all of it, for the agent that was named", async () => {
  const control = fakeControl({
    agents: [agentStatus(), agentStatus({ agent: "1002" })],
    adapterAnswer: pairing,
  });
  const { stdout } = await run(["open-cti", "pair", "-a", "1002", "--json"], control);
  expect(JSON.parse(stdout)).toEqual(pairing);
  expect(control.asked).toContainEqual({
    what: "ask open-cti",
    detail: { what: "pair", given: { agent: "1002" } },
  });
});

test("which agent is asked when there are several", async () => {
  const control = fakeControl({ agents: [agentStatus(), agentStatus({ agent: "1002" })] });
  const { stderr, exitCode } = await run(["open-cti", "pair"], control);
  expect(stderr).toContain("more than one agent is signed in");
  expect(exitCode).toBe(2);
});

test("an answer of another form is not printed", async () => {
  const { stdout, stderr, exitCode } = await run(["open-cti", "pair"], fakeControl({ adapterAnswer: {} }));
  expect(stdout).toBe("");
  expect(stderr).toContain("another form");
  expect(exitCode).toBe(5);
});
