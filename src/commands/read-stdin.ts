import { CtiError } from "../model/errors.ts";

/** All of standard input as text. Throws `input-invalid` for what cannot be read (a directory, a closed descriptor). */
export async function readStdin(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  } catch (error) {
    throw new CtiError(
      {
        code: "input-invalid",
        message: "standard input cannot be read",
        why: error instanceof Error ? error.message : String(error),
        hint: "give a file with < FILE, or pipe the text in",
      },
      { cause: error },
    );
  }
  return Buffer.concat(chunks).toString("utf8");
}
