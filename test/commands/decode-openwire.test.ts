import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "../../src/openwire/wire/create.ts";
import { createEncoder } from "../../src/openwire/wire/encoder.ts";
import { negotiate, wireFormatInfo } from "../../src/openwire/wire/wire-format.ts";
import { fakeControl, run } from "./harness.ts";

const encoder = createEncoder();
const handshake = wireFormatInfo();
encoder.append(handshake);
encoder.useFormat(negotiate(handshake, handshake));
encoder.append(create("ConnectionInfo", { userName: "gc", password: "hunter2" }));
// Bytes that are no UTF-8, which a text would lose.
encoder.append(create("ActiveMQBytesMessage", { content: Buffer.from("fffe80", "hex") }));
const sent = encoder.take();

describe("cti decode --kind openwire", () => {
  let folder: string;
  const decode = (stdin: Uint8Array | string, ...more: string[]) =>
    run(["decode", "--kind", "openwire", ...more], fakeControl(), { stdin, folder });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cti-decode-"));
    await writeFile(join(folder, "received.bin"), createEncoder().encode(wireFormatInfo()));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("an object a line, passwords masked, bytes whole", async () => {
    const { exitCode, stdout } = await decode(sent, "--peer", "received.bin");
    const said = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(exitCode).toBe(0);
    expect(said).toMatchObject([
      { type: "WireFormatInfo" },
      { type: "ConnectionInfo", password: "********" },
      { type: "ActiveMQBytesMessage", bytes: "//6A" },
    ]);
  });

  test("a cut recording: what is whole, then exit 2", async () => {
    const { exitCode, stdout, stderr } = await decode(sent.subarray(0, -1), "--peer", "received.bin");
    expect({ exitCode, lines: stdout.trimEnd().split("\n").length }).toEqual({ exitCode: 2, lines: 2 });
    expect(stderr).toContain("the recording ends");
    expect(stderr).not.toContain("    at ");
  });

  test.each([
    ["no OpenWire", "hello, this is no recording", ["--peer", "received.bin"]],
    ["no --peer", "", []],
    ["a --peer that is not there", "", ["--peer", "nothing.bin"]],
  ])("%s: exit 2", async (_what, stdin, more) => {
    const { exitCode, stdout, stderr } = await decode(stdin, ...more);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toStartWith("✗ ");
  });
});
