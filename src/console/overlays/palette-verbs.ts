import { views } from "../store/state.ts";
import { consoleVerbs } from "./palette-console-verbs.ts";
import { overlayWords } from "./overlay-words.ts";
import { pickReason, pickWrapUp } from "./palette-reasons.ts";
import { type PaletteVerb, asAgent, ok, onCall, open, toNumber } from "./palette-said.ts";

const { palette: wordsHere } = overlayWords;

/** A verb for one call and nothing else. */
function callVerb(
  name: "answer" | "hold" | "retrieve" | "drop" | "conference",
  offered: string,
): PaletteVerb {
  return {
    name,
    args: "",
    action: name,
    takesCall: true,
    most: 0,
    run: (said) => onCall(said, name, offered, ({ id }) => ok({ do: name, call: id })),
  };
}

/** All words that the palette takes: those of the shell first. */
export const paletteVerbs: readonly PaletteVerb[] = [
  {
    name: "ready",
    args: "",
    action: "ready",
    most: 0,
    run: (said) => asAgent(said, "ready", () => ok({ do: "ready" })),
  },
  {
    name: "not-ready",
    args: "[REASON]",
    action: "not-ready",
    complete: ["not-ready"],
    run: (said) => asAgent(said, "not-ready", () => pickReason("not-ready", said)),
  },
  {
    name: "logout",
    args: "[REASON]",
    action: "sign-out",
    complete: ["logout"],
    run: (said) => asAgent(said, "sign-out", () => pickReason("logout", said)),
  },
  {
    name: "dial",
    args: "NUMBER",
    action: "dial",
    complete: ["callee"],
    run: (said) =>
      asAgent(said, "dial", () =>
        said.args.length === 0
          ? open({ kind: "dial", purpose: "dial", call: undefined })
          : toNumber(said, (number) => ok({ do: "dial", number })),
      ),
  },
  callVerb("answer", "ANSWER"),
  callVerb("hold", "HOLD"),
  callVerb("retrieve", "RETRIEVE"),
  callVerb("drop", "DROP"),
  {
    name: "consult",
    args: "NUMBER",
    action: "consult",
    takesCall: true,
    complete: ["callee"],
    run: (said) =>
      onCall(said, "consult", "CONSULT_CALL", ({ id }) =>
        said.args.length === 0
          ? open({ kind: "dial", purpose: "consult", call: id })
          : toNumber(said, (number) => ok({ do: "consult", call: id, number })),
      ),
  },
  {
    name: "transfer",
    args: "[NUMBER]",
    action: "transfer",
    takesCall: true,
    complete: ["callee"],
    run: (said) =>
      said.args.length === 0
        ? onCall(said, "complete-transfer", "TRANSFER", ({ id }) =>
            ok({ do: "transfer", call: id, number: undefined }),
          )
        : onCall(said, "transfer", "TRANSFER_SST", ({ id }) =>
            toNumber(said, (number) => ok({ do: "transfer", call: id, number })),
          ),
  },
  callVerb("conference", "CONFERENCE"),
  {
    name: "dtmf",
    args: "DIGITS",
    action: "dtmf",
    takesCall: true,
    run: (said) =>
      onCall(said, "dtmf", "SEND_DTMF", ({ id }) => {
        const text = said.args.join(" ");
        const digits = text.replaceAll(/[\s-]/g, "").toUpperCase();
        if (digits === "") return open({ kind: "dtmf", call: id });
        if (!/^[0-9A-D*#]+$/.test(digits))
          return { error: wordsHere.notTones(text), hint: wordsHere.tonesHint };
        return ok({ do: "dtmf", call: id, digits });
      }),
  },
  {
    name: "set",
    args: "NAME=VALUE…",
    action: "variables",
    takesCall: true,
    complete: ["variable"],
    run: (said) =>
      onCall(said, "variables", "UPDATE_CALL_DATA", ({ id }) => {
        if (said.args.length === 0) return open({ kind: "variables", call: id });
        const pairs = said.args.map((word) => /^([^=]+)=(.*)$/s.exec(word));
        // The word is not repeated: it may be the half of a value that lacks its quotes.
        if (pairs.includes(null)) return { error: wordsHere.notAssignment, hint: wordsHere.assignmentHint };
        const variables = Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]));
        return ok({ do: "set", call: id, variables });
      }),
  },
  {
    name: "wrap-up",
    args: "REASON…",
    action: "wrap-up",
    takesCall: true,
    complete: ["wrap-up"],
    run: (said) =>
      onCall(said, "wrap-up", "UPDATE_CALL_DATA", ({ id }) =>
        said.args.length === 0 ? open({ kind: "wrap-up", call: id }) : pickWrapUp(id, said),
      ),
  },
  {
    name: "sign-in",
    args: "",
    action: "sign-in",
    most: 0,
    run: (said) => asAgent(said, "sign-in", () => open({ kind: "sign-in" })),
  },
  ...views.map((view): PaletteVerb => ({
    name: view,
    args: "",
    action: `show-${view}`,
    most: 0,
    run: () => ok({ do: "show", view }),
  })),
  ...consoleVerbs,
];

/** Other words for the same. */
export const paletteAliases: Readonly<Record<string, string>> = {
  q: "quit",
  exit: "quit",
  login: "sign-in",
  events: "log",
};
