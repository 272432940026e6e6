import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { TerminalStage } from "../../test/terminal/stage.ts";
import { screenToSvg } from "./screen-to-svg.ts";
import { type Screen, linesOf, plain } from "./screen.ts";
import { openStage, type Stage } from "./stage.ts";

const root = resolve(import.meta.dir, "../..");
const size = { columns: 96, rows: 26 };
/** As wide as the simulator's. */
const address = "fina.local:8445";
const title = "cti console: an agent asks a colleague while the customer waits";

/** Where the README finds the picture. */
export const pictures = {
  dark: join(root, "src/console/picture-dark.svg"),
  light: join(root, "src/console/picture-light.svg"),
} as const;

/** The console's screen in the middle of a call, on the simulator, as SVG: the same bytes at every run. */
export async function drawPictures(): Promise<{ dark: string; light: string }> {
  const screen = steady(await middleOfACall());
  return {
    dark: screenToSvg(screen, { theme: "dark", title }),
    light: screenToSvg(screen, { theme: "light", title }),
  };
}

/** A customer waits, a colleague is asked. */
async function middleOfACall(): Promise<Screen> {
  const office = await openStage(root, { simulatorArgs: ["--seed", "7"] });
  try {
    await office.run("login", "-a", "1001", "-e", "2001", "--unattended", "not-ready");
    await office.run("ready", "-a", "1001");
    return await atTheConsole(office);
  } finally {
    await office.end();
  }
}

async function atTheConsole(office: Stage): Promise<Screen> {
  await using console = new TerminalStage([office.cti, "console", "-a", "1001"], {
    ...size,
    env: office.env,
  });
  await console.until(/● READY/);
  await office.sim("call", {
    agent: "1001",
    from: "5551234",
    bare: true,
    variables: {
      callVariable1: "Ines Okafor",
      callVariable2: "Order 20418",
      callVariable3: "gold",
      callVariable4: "Okafor & Sons",
      callVariable5: "Leeds",
    },
  });
  await console.until("press a to answer");
  console.press("a");
  await console.until(/◆ TALKING[^]*◆ ACTIVE/);
  console.press("c");
  await console.until("a name to find");
  console.type("2002");
  console.press("enter");
  await console.until(/2002 ◐ alerting/);
  await office.sim("phone", { agent: "1002", action: "answer" });
  await console.until("is on hold");
  // The last event is on the screen before its command's outcome is, the one before it sometimes after.
  await console.until(/▸ ◆ ACTIVE[^]*ACTIVE ↔ 2002/);
  return console.picture();
}

/** What is another at every run: clocks, timers, ids, the address. Put in of the same width, so nothing moves. */
function steady(screen: Screen): Screen {
  const cells = screen.cells.map((row) => row.map((cell) => ({ ...cell })));
  const ids = new Map<string, string>();
  let at = Date.UTC(2026, 2, 2, 9, 41, 7, 118);
  for (const [index, line] of linesOf(screen).entries()) {
    const put = (from: number, text: string): void => {
      for (const [offset, character] of [...text].entries()) {
        const cell = cells[index]?.[from + offset];
        if (cell !== undefined) cell.text = character;
      }
    };
    for (const { index: from, 0: found } of line.matchAll(/\d\d:\d\d:\d\d\.\d{3}/g)) {
      at += 1370;
      put(from, new Date(at).toISOString().slice(11, 11 + found.length));
    }
    for (const { index: from, 0: found } of line.matchAll(/(?<![\d:])\d:\d\d(?![\d:.])/g))
      put(
        from,
        line.includes("HELD") ? "0:24" : line.includes("TALKING") ? "1:42" : found.replace(/.*/, "0:17"),
      );
    for (const { index: from, 0: id } of line.matchAll(/\b\d{8}\b/g)) {
      ids.set(id, ids.get(id) ?? String(16_804_377 + ids.size * 5));
      put(from, ids.get(id) ?? id);
    }
    for (const { index: from } of line.matchAll(/localhost:\d{5}/g)) put(from, address);
    const link = /◆ localhost:\d+.*$/.exec(line);
    if (link === null) continue;
    // It stands at the right end, and takes as long as a network's.
    const text = `◆ ${address} 12 ms`;
    const from = screen.columns - text.length;
    const mark = cells[index]?.[link.index]?.style ?? plain;
    put(from, text);
    for (const [offset, cell] of cells[index]?.slice(from).entries() ?? [])
      cell.style = offset < 2 ? mark : plain;
  }
  return { ...screen, cells, cursor: undefined };
}

if (import.meta.main) {
  const drawn = await drawPictures();
  writeFileSync(pictures.dark, drawn.dark);
  writeFileSync(pictures.light, drawn.light);
  process.stdout.write(`${pictures.dark}\n${pictures.light}\n`);
}
