import { nearest } from "../../platform/nearest.ts";
import type { CommandIntent } from "../store/state.ts";
import { fold } from "./filter.ts";
import { overlayWords } from "./overlay-words.ts";
import type { Parsed, Said } from "./palette-said.ts";
import { reasonsFor } from "./reasons.ts";
import { takesSeveral } from "./wrap-up.ts";

const { palette: words } = overlayWords;

/** The words after the verb are one reason, as in the shell: label, code or id. What is not read yet is left to the session to judge. */
export function pickReason(kind: "not-ready" | "logout", { args, sight }: Said): Parsed {
  const text = args.join(" ").trim();
  const intent = (reason: string | undefined): Parsed => ({
    intents: [{ do: kind, reason } as CommandIntent],
  });
  const known = reasonsFor(sight, kind);
  if (text === "" || known === undefined) return intent(text === "" ? undefined : text);
  const found =
    known.find(({ label }) => fold(label) === fold(text)) ??
    known.find(({ code, id }) => code === text || id === text);
  return found === undefined
    ? unknown(
        words.reasonKinds[kind],
        text,
        known.map(({ label }) => label),
      )
    : intent(fold(found.label) === fold(text) ? found.label : text);
}

/** Each word is a reason; several that are one label together need no quotes. */
export function pickWrapUp(call: string, { args, sight }: Said): Parsed {
  const intent = (reasons: string[]): Parsed => ({ intents: [{ do: "wrap-up", call, reasons }] });
  const known = sight.state.reasons?.wrapUp;
  if (known === undefined) return intent([...args]);
  const labelOf = (text: string): string | undefined =>
    (known.find(({ label }) => fold(label) === fold(text)) ?? known.find(({ id }) => id === text))?.label;
  const whole = labelOf(args.join(" "));
  if (whole !== undefined) return intent([whole]);
  const labels = args.map(labelOf);
  const wrong = args.find((_, index) => labels[index] === undefined);
  if (wrong !== undefined)
    return unknown(
      words.reasonKinds["wrap-up"],
      wrong,
      known.map(({ label }) => label),
    );
  if (labels.length > 1 && !takesSeveral(sight, call)) return { error: words.oneReason };
  return intent(labels.filter((label) => label !== undefined));
}

function unknown(kind: string, text: string, labels: readonly string[]): Parsed {
  const near = nearest(text, labels);
  const hint =
    near !== undefined
      ? words.meant(near)
      : labels.length > 0
        ? words.oneOf(labels.join(", "))
        : overlayWords.reasons.noneConfigured;
  return { error: words.noReason(kind, text), hint };
}
