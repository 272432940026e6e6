import type { CtiPort } from "../adapter.ts";

/** What `work` comes to, or `late` after so many milliseconds; the work goes on. Rejects as `work` does. */
export async function within<Value>(
  { clock }: Pick<CtiPort, "clock">,
  patience: number,
  work: Promise<Value>,
): Promise<{ error: Value } | "late"> {
  const late = Promise.withResolvers<"late">();
  const cancel = clock.after(patience, () => late.resolve("late"));
  const soon = await Promise.race([work.then((error) => ({ error })), late.promise]);
  cancel();
  return soon;
}
