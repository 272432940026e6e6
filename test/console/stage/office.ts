import { join } from "node:path";
import { Stage, ctiPath } from "../../e2e/stage.ts";
import type { ScreenStage } from "../../terminal/screen-stage.ts";
import { TerminalStage } from "../../terminal/stage.ts";
import { TmuxStage, type TmuxOptions } from "../../terminal/tmux.ts";

/** Typed into the form, and nowhere else to be seen. */
export const password = "Wren-4711!";

export const screens = join(import.meta.dir, "../screens");

/** What changes from run to run: clocks, timers, ids of calls, and the simulator's address with its round trip. */
export const changing = [
  /\d\d:\d\d:\d\d(\.\d{3})?/,
  /\b\d+:\d\d\b/,
  /\b1\d{7}\b/,
  /ext 2001 .*localhost:.*$/,
  /localhost:\d+/,
];

/** A home with a simulator that does the same at every run. */
export function openOffice(): Promise<Stage> {
  return new Stage({ password, simulatorArgs: ["--seed", "7"] }).open();
}

/** `cti console` in a pseudo-terminal, for a person whose environment knows no password. */
export function openConsole(office: Stage, options: ConsoleStageOptions = {}): TerminalStage {
  return new TerminalStage(...argumentsFor(office, options));
}

/** The same in tmux. */
export function openInTmux(office: Stage, options: ConsoleStageOptions = {}): TmuxStage {
  return new TmuxStage(...argumentsFor(office, options));
}

export interface ConsoleStageOptions extends TmuxOptions {
  /** Words after `cti console`. */
  words?: string[];
}

function argumentsFor(
  office: Stage,
  { words = [], env = {}, ...options }: ConsoleStageOptions,
): [string[], TmuxOptions] {
  const own = { ...office.env, CTI_PASSWORD: undefined, ...env };
  return [[ctiPath, "console", ...words], { cwd: office.folder, screens, ...options, env: own }];
}

/** A customer calls agent 1001, who is ready. */
export function customerCalls(office: Stage): Promise<unknown> {
  return office.sim("call", {
    agent: "1001",
    from: "5551234",
    variables: { callVariable1: "Ana Müller", callVariable2: "gold" },
  });
}

/** Agent 1001 signed in and ready, as somebody has done it at the shell. */
export async function signedIn(office: Stage): Promise<void> {
  await office.ok("login -a 1001 -e 2001");
  await office.ok("ready");
}

/** Signs in by the form of a console that shows nobody, or whose session has ended. */
export async function signInByForm(stage: ScreenStage): Promise<void> {
  stage.press("i");
  await stage.until("kept nowhere");
  if (!/│ . agent +1001/.test(stage.text)) stage.type("1001\t2001\t");
  stage.type(password);
  await stage.until(/password +•{10}/);
  stage.press("enter");
}

/** Agent 1001 on a call, worked from a console. */
export async function onACall(office: Stage, stage: ScreenStage): Promise<void> {
  await stage.until(/● READY/);
  await customerCalls(office);
  await stage.until("press a to answer");
  stage.press("a");
  await stage.until(/◆ TALKING[^]*◆ ACTIVE/);
}

/** What the connector knows, as programs are told. */
export async function connectorOf(office: Stage): Promise<KnownConnector> {
  return (await office.json("status")) as unknown as KnownConnector;
}

interface KnownConnector {
  workerPid: number;
  guardianPid: number;
  agents: {
    agent: string;
    calls: { id: string; state: string }[];
    unattended: { then: string; leases: { kind: string }[] };
  }[];
}
