import { randomBytes } from "node:crypto";
import { seededRandom } from "../../platform/random.ts";

/** Bytes for tokens, codes and ids of pages. */
export type RandomBytes = (size: number) => Buffer;

/** Of a seed they are the same every time: what they make guards nothing but a stub. Without one they cannot be guessed. */
export function bytesOf(seed: number | undefined): RandomBytes {
  if (seed === undefined) return randomBytes;
  const random = seededRandom(seed);
  return (size) => Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
}
