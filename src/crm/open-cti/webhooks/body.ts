import type { Clock } from "../../../platform/clock.ts";

/**
 * A request's body, byte by byte as it came. `long`: more than `most` bytes. `late`: not whole after `patience` milliseconds. `broken`: the caller
 * has gone. What is too much or too late is not read on.
 */
export async function readBody(
  stream: ReadableStream<Uint8Array> | null,
  { most, patience, clock }: { most: number; patience: number; clock: Clock },
): Promise<Uint8Array | "long" | "late" | "broken"> {
  if (stream === null) return new Uint8Array();
  const reader = stream.getReader();
  const late = Promise.withResolvers<"late">();
  const cancel = clock.after(patience, () => late.resolve("late"));
  const pieces: Uint8Array[] = [];
  let length = 0;
  const leave = (why: "long" | "late" | "broken"): typeof why => {
    reader.cancel().catch(() => {});
    return why;
  };
  try {
    for (;;) {
      const next = await Promise.race([reader.read(), late.promise]);
      if (next === "late") return leave("late");
      if (next.done) return Buffer.concat(pieces);
      length += next.value.length;
      if (length > most) return leave("long");
      pieces.push(next.value);
    }
  } catch {
    return leave("broken");
  } finally {
    cancel();
  }
}
