import { CtiError } from "../../model/errors.ts";

/** Milliseconds that a program gets to take an address. */
const patience = 10_000;

/**
 * Opens an address with the desktop's own program (`xdg-open`), which hands it to the browser and ends. Throws CtiError `refused` where the
 * program is missing or fails; the address is an argument, never a shell's text.
 */
export async function openAddress(
  program: readonly string[],
  url: string,
  signal: AbortSignal,
): Promise<void> {
  const [name = ""] = program;
  let child: Bun.Subprocess<"ignore", "ignore", "ignore">;
  try {
    child = Bun.spawn([...program, url], {
      stdio: ["ignore", "ignore", "ignore"],
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    });
  } catch (error) {
    throw problem(name, error instanceof Error ? error.message : String(error));
  }
  const code = await child.exited;
  if (code !== 0) throw problem(name, child.signalCode === null ? `it exited ${code}` : "it took too long");
}

function problem(name: string, why: string): CtiError {
  return new CtiError({
    code: "refused",
    message: `the record could not be opened with ${name}`,
    why,
    hint: 'name another program, open = ["firefox"], or turn it off: open = false in [adapters.open-cti]',
    details: { retry: false },
  });
}
