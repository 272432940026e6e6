import type { CtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";

/** The result of `work`, or after `time` milliseconds `late()` thrown: who says how long a command may take does not wait for the time-outs below it. */
export async function within<Result>(
  clock: Clock,
  time: number,
  work: Promise<Result>,
  late: () => CtiError,
): Promise<Result> {
  const tooLate = Promise.withResolvers<never>();
  const cancel = clock.after(time, () => tooLate.reject(late()));
  try {
    return await Promise.race([work, tooLate.promise]);
  } finally {
    cancel();
  }
}
