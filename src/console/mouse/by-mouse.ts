import type { ConsoleApp } from "../app.ts";
import { act } from "../press.ts";
import type { MouseReport } from "./reports.ts";
import type { MouseTarget } from "./target.ts";

/** Lines that a notch of the wheel goes. */
const notch = 3;

/** What a click or the wheel does, while no overlay is open. */
export function byMouse(app: ConsoleApp, { kind }: MouseReport, target: MouseTarget): void {
  if (kind !== "click") return turn(app, kind === "wheel-up" ? "up" : "down", target);
  switch (target.on) {
    case "key":
      return act(app, target.action);
    case "call":
      app.perform({ do: "choose-call", call: target.call });
      return app.perform({ do: "focus", panel: "calls" });
    case "log":
      app.perform({ do: "focus", panel: "log" });
      return app.log.choose(target.row);
    default:
  }
}

function turn(app: ConsoleApp, op: "up" | "down", { on }: MouseTarget): void {
  for (let line = 0; line < notch; line++) {
    if (on === "log") app.log.perform(op);
    else if (on === "ladder") app.ladder.perform(op);
  }
}
