import { OpenWireError } from "../errors.ts";
import type { Command, WireFormatInfo } from "./commands.ts";
import { createDecoder } from "./decoder.ts";
import { type Plain, plainCommand } from "./plain-command.ts";
import { malformed } from "./reader.ts";
import { negotiate } from "./wire-format.ts";

/**
 * Reads one direction of a recorded conversation as JSON-able objects. `peerBytes` is the other direction, of which only the first frame
 * counts: the two WireFormatInfos say how all the rest is written (openwire.md §2). Yields what is whole, then throws `malformed` or
 * `not-openwire` where the recording is broken, is cut, or needs a `peerBytes` that has no handshake.
 */
export async function* decodeConversation(
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
  peerBytes: Uint8Array,
): AsyncGenerator<Plain, void> {
  const decoder = createDecoder();
  let ready: Command[] = [];
  const take = (command: Command): void => {
    ready.push(command);
    // Without the other side's handshake this frame is the last one that can be read.
    if (command.type === "WireFormatInfo") decoder.useFormat(negotiate(command, handshakeOf(peerBytes)));
  };
  for await (const piece of pieces(bytes)) {
    let failure: { error: unknown } | undefined;
    try {
      decoder.push(piece, take);
    } catch (error) {
      failure = { error };
    }
    for (const command of ready) yield plainCommand(command);
    ready = [];
    if (failure !== undefined) throw failure.error;
  }
  if (decoder.pending > 0) throw malformed(`the recording ends ${decoder.pending} bytes into a frame`);
}

async function* pieces(bytes: AsyncIterable<Uint8Array> | Uint8Array): AsyncGenerator<Uint8Array, void> {
  if (bytes instanceof Uint8Array) yield bytes;
  else yield* bytes;
}

/** Thrown out of `handshakeOf` to leave the rest of the recording unread, which may be in any form. */
class Found {
  constructor(readonly info: WireFormatInfo) {}
}

function handshakeOf(peerBytes: Uint8Array): WireFormatInfo {
  let why = "it ends before that is complete";
  try {
    createDecoder().push(peerBytes, (command) => {
      if (command.type === "WireFormatInfo") throw new Found(command);
    });
  } catch (thrown) {
    if (thrown instanceof Found) return thrown.info;
    if (!(thrown instanceof OpenWireError)) throw thrown;
    why = thrown.why ?? thrown.message;
  }
  throw new OpenWireError({
    code: "not-openwire",
    message:
      "the other direction does not begin with a WireFormatInfo, so nobody knows how the rest is written",
    why,
  });
}
