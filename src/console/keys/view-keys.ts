import type { KeyAction } from "./contract.ts";
import type { LadderOp, LogOp } from "../store/state.ts";

function log(
  op: LogOp,
  keys: readonly string[],
  label: string,
  description: string,
  shown = false,
): KeyAction {
  return {
    id: `log-${op}`,
    keys,
    label,
    description,
    scope: "log",
    group: "Log",
    ...(shown && { matters: () => true }),
    intent: () => ({ do: "log", op }),
  };
}

function ladder(
  op: LadderOp,
  keys: readonly string[],
  label: string,
  description: string,
  shown = false,
): KeyAction {
  return {
    id: `ladder-${op}`,
    keys,
    label,
    description,
    scope: "ladder",
    group: "Views",
    ...(shown && { matters: () => true }),
    intent: () => ({ do: "ladder", op }),
  };
}

/** Keys of the event log and of the ladder; they come before the general ones while those have the keys. */
export const viewKeys: readonly KeyAction[] = [
  {
    id: "focus-log",
    keys: ["tab"],
    label: "events",
    description: "To the events below, and back",
    scope: "work",
    group: "Log",
    intent: () => ({ do: "focus", panel: "log" }),
  },
  {
    id: "focus-calls",
    keys: ["tab"],
    label: "calls",
    description: "Back to the calls",
    scope: "log",
    group: "Log",
    disabled: ({ state }) => (state.view === "work" ? undefined : "there are no calls beside this"),
    intent: () => ({ do: "focus", panel: "calls" }),
  },
  log("detail", ["enter"], "detail", "Everything about the chosen event", true),
  log("raw", ["r"], "raw", "What went over the wire for it, without secrets", true),
  log("filter", ["/"], "filter", "Only some events: words, agent:1001, type:call, !word", true),
  log("pause", ["p", "space"], "pause", "Stop following, or follow again", true),
  log("times", ["T"], "times", "Times of day, or how long ago"),
  log("copy", ["y"], "copy", "Copy the event or the text that is shown", true),
  log("up", ["up", "k"], "up", "The event before"),
  log("down", ["down", "j"], "down", "The event after"),
  log("page-up", ["page-up", "ctrl+u", "ctrl+b"], "page up", "A page of events back"),
  log("page-down", ["page-down", "ctrl+d", "ctrl+f"], "page down", "A page of events on"),
  log("start", ["g", "home"], "first", "The first event that is kept"),
  log("end", ["G", "end"], "last", "The newest event, and follow"),
  ladder("raw", ["enter", "r"], "raw", "The message of the chosen arrow", true),
  ladder("copy", ["y"], "copy", "Copy the ladder as text", true),
  ladder("up", ["up", "k"], "up", "The arrow before"),
  ladder("down", ["down", "j"], "down", "The arrow after"),
  ladder("page-up", ["page-up", "ctrl+u"], "page up", "A page back"),
  ladder("page-down", ["page-down", "ctrl+d"], "page down", "A page on"),
  ladder("start", ["g", "home"], "first", "The first arrow"),
  ladder("end", ["G", "end"], "last", "The last arrow"),
  ladder("reload", ["R"], "reload", "Read it again"),
];
