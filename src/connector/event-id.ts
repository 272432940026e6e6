import { type Store } from "../platform/sqlite.ts";
import { readMeta, writeMeta } from "./database.ts";

const bootWidth = 7;
const sequenceWidth = 8;

/** `<boot>-<seq>`, both padded so that ids sort as text (design §5.1). */
export function formatEventId(boot: string, sequence: number): string {
  return `${boot}-${String(sequence).padStart(sequenceWidth, "0")}`;
}

export function isEventId(text: string): boolean {
  return /^[0-9a-z]{7}-[0-9]{8}$/.test(text);
}

/**
 * The name of this start of the worker: seconds since the epoch in base 36, and always later than the one before, whatever the clock
 * says. `now`: milliseconds.
 */
export function nextBoot(store: Store, now: number): string {
  const before = Number.parseInt(readMeta(store, "boot") ?? "0", 36);
  const seconds = Math.max(Math.floor(now / 1000), Number.isNaN(before) ? 0 : before + 1);
  const boot = seconds.toString(36).padStart(bootWidth, "0");
  writeMeta(store, "boot", boot);
  return boot;
}
