import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { CtiError } from "../model/errors.ts";
import { readStdin } from "./read-stdin.ts";

/** What a decoder gets. */
export interface DecodeInput {
  stdin: NodeJS.ReadableStream;
  /** `--peer`, a path as the user gave it. */
  peer: string | undefined;
  /** What relative paths are relative to. */
  folder: string;
}

/** One kind of input that `cti decode` understands. */
export interface DecodeKind {
  /** What to paste, for a person at a terminal; `undefined`: nothing that a person could type. */
  paste: string | undefined;
  /** `one` is printed at more than one line for people; `many` always an object a line, as they come. */
  prints: "one" | "many";
  /** Throws CtiError: `usage`, `input-invalid`. */
  decode(input: DecodeInput): AsyncIterable<unknown>;
}

/** By the name that `--kind` gives. */
export const decodeKinds: ReadonlyMap<string, DecodeKind> = new Map<string, DecodeKind>([
  ["finesse", { paste: "the XML", prints: "one", decode: finesse }],
  ["openwire", { paste: undefined, prints: "many", decode: openwire }],
  ["gc", { paste: "the event lines", prints: "many", decode: gc }],
]);

async function* finesse({ stdin }: DecodeInput): AsyncIterable<unknown> {
  const text = await readStdin(stdin);
  const { decodeFinesse } = await import("../finesse/decode.ts");
  yield decodeFinesse(text);
}

async function* openwire({ stdin, peer, folder }: DecodeInput): AsyncIterable<unknown> {
  if (peer === undefined)
    throw new CtiError({
      code: "usage",
      message: "to read OpenWire, the other direction's bytes are needed too",
      why: "what both sides said first decides how the rest is written",
      hint: "say --peer FILE, with the bytes that went the other way",
    });
  const peerBytes = await readPeer(resolve(folder, peer));
  const { decodeConversation } = await import("../openwire/wire/decode-stream.ts");
  const { OpenWireError } = await import("../openwire/errors.ts");
  try {
    yield* decodeConversation(binary(stdin), peerBytes);
  } catch (error) {
    if (!(error instanceof OpenWireError)) throw error;
    const { why, message } = error;
    throw new CtiError(
      { code: "input-invalid", message, ...(why !== undefined && { why }) },
      { cause: error },
    );
  }
}

/** Event lines of the Generic Connector's protocol. */
async function* gc({ stdin }: DecodeInput): AsyncIterable<unknown> {
  const lines = (await readStdin(stdin)).split(/\r\n|\n|\r/);
  const { parseGcEvent } = await import("../crm/generic-connector/parse-event.ts");
  let some = false;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    some = true;
    const event = parseGcEvent(line);
    if (event.event === "") throw noEvent(`line ${index + 1} is no event of the Generic Connector's`);
    yield event;
  }
  if (!some) throw noEvent("there is no event to read");
}

function noEvent(message: string): CtiError {
  return new CtiError({
    code: "input-invalid",
    message,
    hint: "an event looks like 1001#State#READY, or is a JSON object",
  });
}

async function* binary(stream: NodeJS.ReadableStream): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of stream) yield Buffer.from(chunk);
  } catch (error) {
    throw unreadable("standard input", error);
  }
}

async function readPeer(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(what: string, error: unknown): CtiError {
  return new CtiError(
    {
      code: "input-invalid",
      message: `${what} cannot be read`,
      why: error instanceof Error ? error.message : String(error),
    },
    { cause: error },
  );
}
