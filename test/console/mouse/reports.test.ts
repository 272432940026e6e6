import { expect, test } from "bun:test";
import fc from "fast-check";
import { type MouseReport, MouseReports } from "../../../src/console/mouse/reports.ts";

function heard(pieces: readonly string[]): MouseReport[] {
  const reports = new MouseReports();
  const all: MouseReport[] = [];
  reports.listen((report) => all.push(report));
  for (const piece of pieces) reports.push(piece);
  return all;
}

const esc = "\u001b";

test("presses and the wheel; letting go, other buttons and keys are none", () => {
  expect(heard([`${esc}[<0;10;5M${esc}[<0;10;5m`])).toEqual([{ kind: "click", column: 9, row: 4 }]);
  expect(heard([`a${esc}[A${esc}[<64;1;1M${esc}[<65;300;2Mq`])).toEqual([
    { kind: "wheel-up", column: 0, row: 0 },
    { kind: "wheel-down", column: 299, row: 1 },
  ]);
  expect(heard([`${esc}[<2;3;4M${esc}[<1;3;4M${esc}[<35;3;4M`])).toEqual([]);
  // With Shift, Alt or Ctrl it is a click all the same.
  expect(heard([`${esc}[<16;3;4M`])).toHaveLength(1);
});

test("in a paste it is text", () => {
  const click = `${esc}[<0;1;1M`;
  expect(heard([`${esc}[200~${click}${esc}[201~`])).toEqual([]);
  expect(heard([`${esc}[200~${click}${esc}[201~${click}`])).toHaveLength(1);
});

test("wherever the pieces are cut the same is heard", () => {
  const part = fc.constantFrom(
    `${esc}[<0;12;3M`,
    `${esc}[<64;1;1M`,
    `${esc}[<0;12;3m`,
    `${esc}[200~x${esc}[<0;1;1M${esc}[201~`,
    "k",
    `${esc}[A`,
    "[<0;1;1M",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), fc.array(fc.nat(60), { maxLength: 6 }), (parts, cuts) => {
      const text = parts.join("");
      const places = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
      const pieces = places.slice(1).map((end, at) => text.slice(places[at], end));
      expect(heard(pieces)).toEqual(heard([text]));
    }),
  );
});
