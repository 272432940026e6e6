import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Box, renderToString } from "ink";
import { widthOf } from "../../../src/console/overlays/cells.ts";
import { frameRows } from "../../../src/console/overlays/frame.tsx";
import { OverlayHost, placeOf } from "../../../src/console/overlays/overlay-host.tsx";
import { OverlayDesk } from "../../../src/console/overlays/desk.ts";
import type { KeyAction } from "../../../src/console/keys/contract.ts";
import type { Overlay } from "../../../src/console/store/state.ts";
import { ComponentStage } from "../../terminal/component.ts";
import { describeScreen } from "../../terminal/expect-screen.ts";
import { Typist, noon, onScreen, sightWith, stateWith } from "./stage.tsx";

const call = "16804377";
const messages = [
  { level: "good" as const, text: "READY", hint: undefined, at: noon },
  { level: "error" as const, text: "refused: 山田さん ist nicht da", hint: "try again later", at: noon },
];

const scenes: [name: string, overlay: Overlay, keys: (typist: Typist) => unknown][] = [
  ["help", { kind: "help", filter: "" }, () => undefined],
  ["help-found", { kind: "help", filter: "" }, (typist) => typist.type("call ho")],
  ["palette", { kind: "palette", line: "" }, (typist) => typist.type("wrap-up ")],
  ["palette-error", { kind: "palette", line: "" }, (typist) => typist.type("hodl").press("enter")],
  ["dial", { kind: "dial", purpose: "dial", call: undefined }, () => undefined],
  [
    "consult-list",
    { kind: "dial", purpose: "consult", call },
    (typist) => typist.press("down", "down", "down", "down"),
  ],
  ["not-ready", { kind: "reasons", purpose: "not-ready" }, (typist) => typist.press("down")],
  ["wrap-up-several", { kind: "wrap-up", call }, (typist) => typist.press("space", "down")],
  ["variables", { kind: "variables", call }, (typist) => typist.type("user")],
  ["variable", { kind: "variables", call }, (typist) => typist.type("user").press("enter")],
  [
    "sign-in",
    { kind: "sign-in" },
    (typist) => typist.type("1001").press("enter", "enter").type("secret").press("enter"),
  ],
  ["agents", { kind: "agents" }, () => undefined],
  ["dtmf", { kind: "dtmf", call }, (typist) => typist.type("12#x")],
  ["messages", { kind: "messages" }, () => undefined],
  ["confirm", { kind: "confirm", question: "Sign out of Finesse?", yes: { do: "reload" } }, () => undefined],
  ["quit", { kind: "quit" }, () => undefined],
];

/** In the zone of whoever runs this. */
const clocks = [/\d\d:\d\d:\d\d/];

const fewKeys: readonly KeyAction[] = [
  {
    id: "answer",
    keys: ["a", "enter"],
    group: "Calls",
    label: "answer",
    description: "Answer the ringing call",
    disabled: () => "no call is ringing",
  },
  { id: "hold", keys: ["h"], group: "Calls", label: "hold", description: "Put the call on hold" },
  {
    id: "next-call",
    keys: ["down", "j", "up", "k"],
    group: "Calls",
    label: "other call",
    description: "Choose the other call",
  },
  {
    id: "not-ready",
    keys: ["n"],
    group: "Agent",
    label: "not ready",
    description: "Go NOT_READY, with a reason; during a call: when the call is over",
  },
  {
    id: "raw",
    keys: ["r"],
    group: "Log",
    label: "raw",
    description: "The message as it was on the wire",
    scope: "log",
  },
].map((action): KeyAction => ({ scope: "any", intent: () => undefined, ...action }) as KeyAction);

function staged(name: string, overlay: Overlay): Typist {
  return new Typist(
    overlay,
    sightWith(stateWith({ messages }), {
      several: name === "wrap-up-several" ? true : undefined,
      // The table grows; the screens of help need not be stored anew for that.
      table: fewKeys,
    }),
  );
}

/** One screenful as ink draws it, without a terminal. */
function drawn(typist: Typist, columns: number, rows: number): string[] {
  const { desk, sight } = typist;
  const host = (
    <Box width={columns} height={rows}>
      <OverlayHost desk={desk} sight={sight} columns={columns} rows={rows} />
    </Box>
  );
  return renderToString(host, { columns }).split("\n");
}

describe("screens", () => {
  test.each(scenes)("%s at 80×24", async (name, overlay, keys) => {
    const typist = staged(name, overlay);
    keys(typist);
    await using stage = onScreen(typist);
    await stage.until("view");
    await stage.expectScreen(name, { mask: clocks, styles: name === "help-found" || name === "sign-in" });
    expect(stage.raw.clears).toBe(0);
  });

  test.each(scenes.filter(([name]) => ["help", "consult-list", "palette"].includes(name)))(
    "%s at 140×40",
    async (name, overlay, keys) => {
      const typist = staged(name, overlay);
      keys(typist);
      await using stage = onScreen(typist, { columns: 140, rows: 40 });
      await stage.until("view");
      await stage.expectScreen(`${name}-wide`, { mask: clocks });
    },
  );

  test.each(scenes)("%s in a small window", async (name, overlay, keys) => {
    const typist = staged(name, overlay);
    keys(typist);
    await using stage = onScreen(typist, { columns: 34, rows: 10 });
    await stage.until("╰");
    await stage.expectScreen(`${name}-small`, { mask: clocks });
  });
});

describe("typed at", () => {
  test("as fast as a terminal can take it, a line runs", async () => {
    const typist = new Typist({ kind: "palette", line: "" });
    await using stage = onScreen(typist);
    await stage.until("view");
    stage.type("not-ready lunch\n");
    await stage.until((text) => !text.includes("Command"));
    expect(typist.asked).toEqual([{ do: "not-ready", reason: "Lunch" }]);
  });

  test("a paste comes whole, arrows and Tab arrive", async () => {
    const typist = new Typist({ kind: "dial", purpose: "dial", call: undefined });
    await using stage = onScreen(typist);
    await stage.until("view");
    stage.paste("+49 (30)\n123-45");
    await stage.until("Enter calls +493012345 (Jürgen Groß)");
    stage.press("ctrl+u");
    await stage.until("type or paste a number");
    stage.type("yurg\u007F\u007F\u007F\u007Fj");
    await stage.until("Enter calls +493012345 (Jürgen Groß)");
    stage.press("tab", "down", "shift+tab");
    stage.press("enter");
    await stage.until((text) => !text.includes("Dial"));
    expect(typist.asked).toEqual([{ do: "dial", number: "+493012345" }]);
  });

  test("the window may become small and large while it is open", async () => {
    const typist = new Typist({ kind: "help", filter: "" });
    await using stage = onScreen(typist);
    await stage.until("What can be done");
    stage.resize(40, 8);
    await stage.until((_text, lines) => lines[7]?.includes("╰") === true);
    stage.resize(120, 30);
    await stage.until((_text, lines) => lines.some((line) => line.trim().length > 90 && line.includes("╭")));
    stage.type("hold");
    await stage.until("Put the call on hold");
  });
});

describe("any size", () => {
  test("takes no more rows and columns than there are, and just so many", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...scenes),
        fc.integer({ min: 1, max: 130 }),
        fc.integer({ min: 1, max: 45 }),
        ([name, overlay, keys], columns, rows) => {
          const typist = staged(name, overlay);
          keys(typist);
          const open = typist.desk.of(overlay, typist.sight);
          const place = placeOf(columns, rows, open.height(typist.sight, columns - 8));
          expect(place.left + place.columns).toBeLessThanOrEqual(columns);
          expect(place.top + place.rows).toBeLessThanOrEqual(rows);
          const size = { columns: Math.max(0, place.columns - 4), rows: Math.max(0, place.rows - 3) };
          const drawing = open.draw(typist.sight, size);
          const framed = frameRows(drawing, place.columns, place.rows);
          expect(framed).toHaveLength(place.rows);
          for (const row of framed)
            expect(row.reduce((sum, { text }) => sum + widthOf(text), 0)).toBe(place.columns);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("as ink draws it too", () => {
    for (const [name, overlay, keys] of scenes)
      for (const [columns, rows] of [
        [80, 24],
        [41, 12],
        [9, 3],
        [1, 1],
      ] as const) {
        const typist = staged(name, overlay);
        keys(typist);
        const lines = drawn(typist, columns, rows);
        expect(lines.length).toBeLessThanOrEqual(rows);
        expect(lines.join("")).toContain(columns === 1 ? "…" : "╭");
        for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns);
      }
  });

  test("without colours what is chosen is seen all the same", async () => {
    const typist = staged("help", { kind: "help", filter: "" });
    const { desk, sight } = typist;
    const host = (
      <Box width={60} height={14}>
        <OverlayHost desk={desk} sight={sight} columns={60} rows={14} colours={false} />
      </Box>
    );
    await using stage = new ComponentStage(host, { columns: 60, rows: 14 });
    await stage.until("▸ h");
    expect(stage.find("What can be done").style).toMatchObject({ bold: true });
    expect(describeScreen(stage.picture(), { styles: true })).not.toMatch(/cyan|yellow|red|green/);
  });

  test("nothing open draws nothing", () => {
    const lines = renderToString(
      <OverlayHost desk={new OverlayDesk()} sight={sightWith()} columns={80} rows={24} />,
    );
    expect(lines.trim()).toBe("");
  });
});
