import { beforeAll, describe, expect, test } from "bun:test";
import type { Command } from "../../../src/openwire/wire/commands.ts";
import { createDecoder } from "../../../src/openwire/wire/decoder.ts";
import { createEncoder } from "../../../src/openwire/wire/encoder.ts";
import { schemaByName } from "../../../src/openwire/wire/schema.ts";
import { format, handshake } from "./arbitraries.ts";
import { hasStockClient, runStock } from "./java/stock.ts";

interface Frame {
  bytes: Uint8Array;
  /** What the stock objects' getters say, named by their setters; numbers as text, bytes as hex. */
  said: unknown;
}
interface Conversation {
  version: number;
  tight: boolean;
  cache: boolean;
  stackTraces: boolean;
  frames: Frame[];
}

describe.skipIf(!hasStockClient)("the stock marshallers", () => {
  const conversations: Conversation[] = [];

  beforeAll(async () => {
    const out = await runStock("StockFrames.java", "StockFrames");
    for (const line of out.split("\n")) {
      const [first = "", ...rest] = line.split(" ");
      if (first === "format") {
        const [version, ...flags] = rest;
        const [tight = false, cache = false, stackTraces = false] = flags.map((flag) => flag === "true");
        conversations.push({ version: Number(version), tight, cache, stackTraces, frames: [] });
      } else if (first !== "")
        conversations.at(-1)?.frames.push({
          bytes: Buffer.from(first, "hex"),
          said: JSON.parse(rest.join(" ")),
        });
    }
  }, 60_000);

  test("write every command in every version and encoding as we do, byte for byte", () => {
    for (const conversation of conversations) {
      const agreed = format({ ...conversation, cacheSize: 130, maxFrameSize: 1 << 26 });
      const encoder = createEncoder();
      encoder.useFormat(agreed);
      for (const [index, command] of decoded(conversation).entries()) {
        const again = Buffer.from(encoder.encode(command));
        const stock = conversation.frames[index]?.bytes ?? new Uint8Array();
        // A comparison of the two texts would be slow ten thousand times over.
        if (!again.equals(stock))
          expect(told(conversation, command, again)).toBe(told(conversation, command, stock));
      }
    }
    expect(conversations).toHaveLength(96);
    expect(conversations.at(-1)?.frames).toHaveLength(114);
  });

  test("put into every field what we read out of it", () => {
    for (const conversation of conversations)
      for (const [index, command] of decoded(conversation).entries())
        compare(command, conversation.frames[index]?.said, conversation.version, command.type);
  });
});

function decoded({ frames, ...changes }: Conversation): Command[] {
  const decoder = createDecoder();
  decoder.push(createEncoder().encode(handshake), () => {});
  decoder.useFormat(format({ ...changes, cacheSize: 130, maxFrameSize: 1 << 26 }));
  return frames.map(({ bytes }) => {
    const commands: Command[] = [];
    decoder.push(bytes, (command) => commands.push(command));
    expect(commands).toHaveLength(1);
    return commands[0] as Command;
  });
}

function told({ frames, ...conversation }: Conversation, { type }: Command, bytes: Uint8Array): string {
  return `${type} of ${JSON.stringify(conversation)}: ${Buffer.from(bytes).toString("hex")}`;
}

/** Names of ours that differ from the setters'. */
const otherNames: Record<string, string> = { jmsType: "type", transactionType: "type" };
/** Java expressions, which this test does not make. */
const notSet = new Set(["additionalPredicate"]);

/** Compares a value as we read it with what the stock object says; `path` tells where. */
function compare(ours: unknown, theirs: unknown, version: number, path: string): void {
  if (Array.isArray(ours)) {
    expect(theirs, path).toHaveLength(ours.length);
    for (const [index, one] of ours.entries())
      compare(one, (theirs as unknown[])[index], version, `${path}[${index}]`);
  } else if (ours instanceof Uint8Array) expect(Buffer.from(ours).toString("hex"), path).toBe(String(theirs));
  else if (typeof ours === "number" || typeof ours === "bigint")
    expect(String(ours), path).toBe(String(theirs));
  else if (typeof ours === "object" && ours !== null) {
    if ("stackTrace" in ours) compareThrowable(ours as Thrown, theirs as StockThrown, path);
    else compareFields(ours as Structure, theirs as object, version, path);
  } else expect(ours, path).toBe(theirs as never);
}

type Structure = Record<string, unknown> & { type: string };
interface Thrown {
  className: string;
  message: string;
  stackTrace: unknown[];
  cause: Thrown | null;
}
interface StockThrown {
  className: string;
  message: string;
  lines: number;
  cause: StockThrown | null;
}

function compareThrowable(
  { className, message, stackTrace, cause }: Thrown,
  theirs: StockThrown,
  path: string,
) {
  expect({ className, message, lines: stackTrace.length }, path).toEqual({
    className: theirs.className,
    message: theirs.message,
    lines: theirs.lines,
  });
  if (cause === null) expect(theirs.cause, path).toBeNull();
  else compareThrowable(cause, theirs.cause as StockThrown, `${path}.cause`);
}

function compareFields(ours: Structure, theirs: object, version: number, path: string): void {
  const said = new Map(Object.entries(theirs).map(([name, value]) => [name.toLowerCase(), value]));
  expect(said.get("class"), path).toBe(ours.type);
  for (const { name, from, to } of schemaByName.get(ours.type)?.fields ?? []) {
    if (version < from || version > to || notSet.has(name)) continue;
    const stockName = (otherNames[name] ?? name).toLowerCase();
    if (!said.has(stockName)) throw new Error(`${path}: the stock ${ours.type} has no ${name}`);
    compare(ours[name], said.get(stockName), version, `${path}.${name}`);
  }
}
