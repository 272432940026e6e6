import { expect, test } from "bun:test";
import fc from "fast-check";
import { formatSse, SseParser } from "../../src/control/sse.ts";

/** Cuts a text at the given places. */
function cut(text: string, places: number[]): string[] {
  const sorted = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
}

test("what is formatted is read again, wherever the stream is cut", () => {
  const event = fc.record({
    id: fc.stringMatching(/^[0-9a-z]{1,7}-[0-9]{1,8}$/),
    data: fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\r", "")),
  });
  fc.assert(
    fc.property(fc.array(event), fc.array(fc.nat()), (events, places) => {
      const text = events.map((each) => `: still here\n\n${formatSse(each)}`).join("");
      const parser = new SseParser();
      expect(cut(text, places).flatMap((piece) => parser.push(piece))).toEqual(events);
    }),
  );
});

test("reads CRLF, fields without a space and unknown fields", () => {
  expect(new SseParser().push("retry: 5\r\nid:7\r\ndata:one\r\ndata: two\r\n\r\n")).toEqual([
    { id: "7", data: "one\ntwo" },
  ]);
});
