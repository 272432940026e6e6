import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Stage, ctiPath } from "../e2e/stage.ts";
import { TerminalStage } from "../terminal/stage.ts";
import { changing, connectorOf, onACall, openConsole, openOffice, signedIn } from "./stage/office.ts";
import { FalseConnector } from "./stage/false-connector.ts";

describe("in a call", () => {
  let office: Stage;
  let stage: TerminalStage;
  beforeAll(async () => {
    office = await openOffice();
    await signedIn(office);
    stage = openConsole(office);
    await onACall(office, stage);
    // What was said last goes by itself, and is not part of the screens here.
    await stage.until((text) => !text.includes("answered ("));
  }, 30_000);
  afterAll(async () => {
    await stage.close();
    await office.close();
  });

  test("from 40×12 to 200×60 and back: everything fits, and comes back as it was", async () => {
    for (const [columns, rows] of [
      [40, 12],
      [80, 24],
      [200, 60],
      [140, 40],
    ] as const) {
      stage.resize(columns, rows);
      // In the narrowest one the round trip leaves no room for the name.
      await stage.expectScreen(`call-${columns}x${rows}`, { mask: [...changing, / {2}O.*◆.*$/] });
    }
    stage.resize(39, 9);
    await stage.until("at least 40×10, please");
    stage.resize(80, 24);
    await stage.expectScreen("call-80x24", { mask: [...changing, / {2}O.*◆.*$/] });
  });

  test("a paste is text wherever it lands: a long one fills a field, and none of it is taken for keys", async () => {
    const page = "xhtn:q#\n".repeat(2000);
    // Where no field is open it is something to dial.
    stage.paste(page);
    await stage.until(/number +xhtn:q# /);
    stage.press("esc");
    await stage.until((text) => !text.includes("nobody known by that"));
    stage.press(":");
    await stage.until("Command");
    stage.paste(page);
    await stage.until("xhtn");
    stage.press("esc");
    await stage.until((text) => !text.includes("Command"));
    const [agent] = (await connectorOf(office)).agents;
    expect(agent?.calls).toMatchObject([{ state: "ACTIVE" }]);
  });

  test("a thousand keys as fast as a terminal takes them: none is lost", async () => {
    stage.press(":");
    await stage.until("Command");
    stage.type(`dial ${"0123456789".repeat(100)}`);
    await stage.until(/0123456789\s*│/);
    stage.press("esc");
    await stage.until((text) => !text.includes("Command"));
    // Through views and overlays, there and back.
    for (let round = 0; round < 100; round++) stage.type("2jjkkG1");
    stage.type("6");
    await stage.until("deliveries");
    stage.press("1");
    await stage.until("Calls 1");
  });

  test("nothing of all that wiped the screen", () => {
    expect(stage.raw.clears).toBe(0);
  });

  test("NO_COLOR: not one colour, and nothing that colours alone would tell", async () => {
    await using plain = openConsole(office, { env: { NO_COLOR: "1" } });
    await plain.until("◆ ACTIVE");
    plain.press("?");
    await plain.until("What can be done");
    plain.press("esc");
    await plain.until((text) => !text.includes("What can be done"));
    const colours = plain.raw.text.match(/\u001B\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])m/g) ?? [];
    expect(colours).toEqual([]);
    expect(plain.find("◆ TALKING").style.inverse).toBe(true);
  });
});

test("a crash while drawing: the screen is as it was, then what happened is told", async () => {
  // A connector that says what none would say: no participants, no actions.
  const agent = {
    agent: "1001",
    extension: "2001",
    link: { state: "connected", node: "n" },
    calls: [{ id: "1" }],
  };
  const connector = new FalseConnector({
    agents: [{ ...agent, shared: [], unattended: { then: "keep", after: 60, leases: [] } }],
    adapters: [],
    deliveries: { owed: 0, missed: 0 },
    version: "",
  });
  try {
    await using stage = new TerminalStage([ctiPath, "console"], {
      env: connector.env,
      cwd: connector.folder,
    });
    expect(await stage.exited).toBe(1);
    expect(stage.leftBehind).toEqual([]);
    expect(stage.alternate).toBe(false);
    expect(stage.text).toContain("✗");
  } finally {
    await connector.close();
  }
});

test("ended by a signal: the screen is as it was", async () => {
  const connector = new FalseConnector({
    agents: [],
    adapters: [],
    deliveries: { owed: 0, missed: 0 },
    version: "",
  });
  try {
    await using stage = new TerminalStage([ctiPath, "console"], {
      env: connector.env,
      cwd: connector.folder,
    });
    await stage.until("nobody is signed in");
    stage.signal("SIGTERM");
    expect(await stage.exited).toBe(0);
    expect(stage.leftBehind).toEqual([]);
    expect(stage.text.trim()).toBe("");
  } finally {
    await connector.close();
  }
});
