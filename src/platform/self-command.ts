import { join } from "node:path";

/** True in the compiled binary, whose modules live in Bun's virtual file system. */
export function isCompiled(): boolean {
  return import.meta.path.startsWith("/$bunfs/") || /^[A-Z]:[\\/]~BUN/i.test(import.meta.path);
}

/** The command line that starts this program again: the binary itself, or Bun with the source's entry. */
export function selfCommand(): string[] {
  return isCompiled() ? [process.execPath] : [process.execPath, join(import.meta.dir, "..", "main.ts")];
}
