import { render } from "ink";
import type { Environment } from "../../platform/paths.ts";
import type { FirstRunPort, Seat } from "./contract.ts";
import { FirstRunScreen } from "./first-run-screen.tsx";
import { FirstRun } from "./runner.ts";

export interface FirstRunStart {
  port: FirstRunPort;
  colours: boolean;
  /** Chosen already: the simulator. */
  simulator: boolean;
}

/** True where colours may be used: nobody has said no. */
export function coloursWanted(theme: string, environment: Environment): boolean {
  return theme !== "none" && (environment.NO_COLOR ?? "") === "";
}

/** The first screens on the process's terminal. `undefined`: left without a seat. The screen is as it was before, whatever happens. */
export async function runFirstRun({ port, colours, simulator }: FirstRunStart): Promise<Seat | undefined> {
  const { stdin } = process;
  // Ink looks for a development server where this is set.
  delete process.env.DEV;
  stdin.setRawMode(true);
  const run = new FirstRun(port);
  if (simulator) run.press("1");
  let crash: unknown;
  const fail = (error: unknown): void => {
    crash ??= error;
    run.leave();
  };
  const leave = (): void => run.leave();
  const signals = ["SIGTERM", "SIGHUP", "SIGINT"] as const;
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  for (const signal of signals) process.on(signal, leave);
  const screen = render(<FirstRunScreen run={run} colours={colours} />, {
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    interactive: true,
    patchConsole: false,
  });
  try {
    const seat = await run.seat;
    screen.unmount();
    await screen.waitUntilExit().catch(() => {});
    await run.settled();
    if (crash !== undefined) throw crash;
    return seat;
  } finally {
    process.off("uncaughtException", fail);
    process.off("unhandledRejection", fail);
    for (const signal of signals) process.off(signal, leave);
    stdin.setRawMode(false);
    stdin.unref();
  }
}
