import { readFile } from "node:fs/promises";
import { CtiError } from "../../model/errors.ts";

/** Text of a scenario from a file or a stream. Throws `usage` when it cannot be read. */
export async function readScenario(from: string | NodeJS.ReadableStream): Promise<string> {
  try {
    if (typeof from === "string") return await readFile(from, "utf8");
    const chunks: Uint8Array[] = [];
    for await (const chunk of from) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
    return Buffer.concat(chunks).toString("utf8");
  } catch (thrown) {
    throw new CtiError(
      {
        code: "usage",
        message: typeof from === "string" ? `cannot read ${from}` : "cannot read the scenario from stdin",
        why: thrown instanceof Error ? thrown.message : String(thrown),
      },
      { cause: thrown },
    );
  }
}
