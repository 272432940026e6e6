import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { render } from "ink";
import type { ControlClient } from "../control/client.ts";
import { CtiError } from "../model/errors.ts";
import { systemClock } from "../platform/clock.ts";
import { loadConfig } from "../platform/config.ts";
import type { Environment } from "../platform/paths.ts";
import { sessionSettings } from "../platform/session-settings.ts";
import { ConsoleApp } from "./app.ts";
import { watchEndings } from "./endings.ts";
import { farewellLines } from "./farewell.ts";
import { MouseReports, overheard } from "./mouse/reports.ts";
import { restoreTitle, saveTitle } from "./notify.ts";
import { Screen } from "./screen.tsx";
import { initialState } from "./store/reduce.ts";
import type { ConsoleOptions, Intent } from "./store/state.ts";
import { tidying } from "./tidying.ts";
import { words } from "./words.ts";

export interface ConsoleStart {
  profile: string;
  /** Whom it works for; the only one signed in when absent. */
  agent: string | undefined;
  extension: string | undefined;
  options: ConsoleOptions;
  environment: Environment;
  folder: string;
  control: ControlClient;
  ensure: () => Promise<ControlClient>;
  terminal: string | undefined;
  /** One line that says what to press next. */
  guide?: boolean;
  /** All of it ends with the console: nobody stays of whom there would be something to say. */
  ends?: boolean;
  /** Done at once, as if it was typed. */
  begin?: readonly Intent[];
}

/**
 * The console on the process's terminal. Resolves when it is left. The screen is as it was before then, whatever happened.
 * Throws `usage` where there is no terminal.
 */
export async function runConsole(start: ConsoleStart): Promise<void> {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY)
    throw new CtiError({
      code: "usage",
      message: "the console needs a terminal",
      hint: "in a script use the commands: cti status, cti events --follow",
    });
  // Ink looks for a development server where this is set.
  delete process.env.DEV;
  // Before the first frame: keys that come early belong to it, not onto the screen.
  stdin.setRawMode(true);
  const { profile, agent, extension, environment, folder } = start;
  const endings = watchEndings();
  const app = new ConsoleApp({
    control: start.control,
    ensure: start.ensure,
    settingsFor: async (who, where) => {
      const config = await loadConfig({
        environment,
        folder,
        flags: { profile, agent: who, extension: where },
      });
      const settings = await sessionSettings(config);
      // A console protects its agent when it is closed, unless the profile says otherwise (design §2).
      const then = config.settings.unattendedThen ?? "not-ready";
      return { ...settings, unattended: { ...settings.unattended, then } };
    },
    initial: { ...initialState(profile, start.options), agent },
    clock: systemClock,
    newKey: () => crypto.randomUUID(),
    outlet: { write: (bytes) => void stdout.write(bytes), environment },
    writeFile: async (path, text) => {
      const absolute = resolve(folder, path);
      await writeFile(absolute, text);
      return absolute;
    },
    terminal: start.terminal,
    onQuit: endings.end,
  });
  stdout.write(saveTitle);
  // The connector answers while the first frame is being drawn.
  app.start();
  const colours = start.options.theme !== "none" && (environment.NO_COLOR ?? "") === "";
  const mouse = new MouseReports();
  const screen = render(
    <Screen
      app={app}
      clock={systemClock}
      colours={colours}
      signIn={{ agent, extension }}
      mouse={mouse}
      guide={start.guide === true}
    />,
    {
      stdin: overheard(stdin, mouse),
      alternateScreen: true,
      incrementalRendering: true,
      // What a person types is drawn within a few milliseconds; what happens by itself comes in frames of its own (store/frames.ts).
      maxFps: 120,
      exitOnCtrlC: false,
      // A CI variable of the person's shell must not empty the screen.
      interactive: true,
      patchConsole: false,
      onRender: tidying(),
    },
  );
  void screen.waitUntilExit().then(endings.end, endings.fail);
  for (const intent of start.begin ?? []) app.perform(intent);
  await endings.ended;
  screen.unmount();
  await screen.waitUntilExit().catch(() => {});
  stdout.write(restoreTitle);
  try {
    stdin.setRawMode(false);
  } catch (error) {
    // The agent is to be left in order all the same.
    endings.fail(error);
  }
  stdin.unref();
  const parting = await app.close();
  if (!endings.terminalGone()) {
    const lines =
      start.ends === true
        ? [words.farewell.allEnds]
        : farewellLines(parting, systemClock.now(), stdout.columns || 80);
    stdout.write(lines.map((line) => `${line}\n`).join(""));
  }
  endings.release();
  const fault = endings.fault();
  if (fault !== undefined) throw fault;
}
