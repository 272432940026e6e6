import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Stage } from "./stage.ts";

describe("one agent's morning, as typed", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await new Stage().open();
  });
  afterAll(() => stage.close());

  for (const json of [false, true]) {
    test(json ? "with --json" : "for a person", async () => {
      const lines = [
        `login -a 1001 -e 2001 --finesse ${stage.env.CTI_FINESSE} --ca ca.pem`,
        "ready",
        "sim call 1001 --from 5551234",
        "wait call.started",
        "answer",
        "hold",
        "retrieve",
        "drop",
        "wrap-up Sales",
        "logout",
      ];
      for (const line of lines) {
        const ran = await stage.cti(json ? `${line} --json` : line, {
          CTI_FINESSE: undefined,
          CTI_CA: undefined,
        });
        expect({ line, code: ran.code, err: ran.err }).toEqual({ line, code: 0, err: "" });
        expect(ran.out.trim()).not.toBe("");
        if (json) expect(JSON.parse(ran.out)).toBeObject();
      }
    });
  }

  test("the outcome of a command, for a program", async () => {
    await stage.ok("login -a 1002 -e 2002");
    const outcome = await stage.json("ready -a 1002");
    expect(Object.keys(outcome).sort()).toEqual([
      "agent",
      "cause",
      "elapsed",
      "message",
      "outcome",
      "state",
      "verb",
    ]);
    expect(outcome).toMatchObject({ verb: "ready", outcome: "confirmed", agent: "1002" });
    await stage.ok("logout -a 1002");
  });

  test("several agents in one connector; which one is meant has to be said", async () => {
    await stage.ok("login -a 1003 -e 2003");
    await stage.ok("login -a 1004 -e 2004");
    const unsaid = await stage.cti("ready");
    expect(unsaid.code).toBe(2);
    expect(unsaid.err).toContain("1003");
    expect(unsaid.err).toContain("1004");
    await stage.ok("ready", { CTI_AGENT: "1003" });
    const { agents } = (await stage.json("status")) as {
      agents: { agent: string; state: { state: string } }[];
    };
    expect(agents.map(({ agent, state }) => [agent, state.state]).sort()).toEqual([
      ["1003", "READY"],
      ["1004", "NOT_READY"],
    ]);
    await stage.ok("logout -a 1003");
    await stage.ok("logout -a 1004");
  });
});
