/**
 * What happens when a number is dialled that is no extension of the switch, by its last four digits:
 *
 * | number ends in | outcome |
 * | --- | --- |
 * | 0000 | busy: FAILED, stateCause BUSY |
 * | 0001 | bad destination: FAILED, stateCause BAD_DESTINATION |
 * | 0002 | rings, nobody answers |
 * | anything else | rings, answers by itself after `farEndAnswerAfter` |
 *
 * A number with characters a phone cannot dial is a bad destination too (§10: nothing is stripped).
 */
export type FarEnd = "busy" | "bad-destination" | "no-answer" | "answers";

export function farEndOf(number: string): FarEnd {
  if (!/^\+?[0-9*#]+$/.test(number)) return "bad-destination";
  if (number.endsWith("0000")) return "busy";
  if (number.endsWith("0001")) return "bad-destination";
  return number.endsWith("0002") ? "no-answer" : "answers";
}
