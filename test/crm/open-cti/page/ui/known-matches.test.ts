import { describe, expect, test } from "bun:test";
import type { PageState } from "../../../../../src/crm/open-cti/page/protocol.ts";
import { KnownMatches } from "../../../../../src/crm/open-cti/page/ui/known-matches.ts";
import { ayesha, log, page, session } from "./stage.ts";

const state = (matches: PageState["logs"][0]["matches"], interaction = "I-1"): PageState => ({
  ...page(session("TALKING")),
  logs: [{ log: log({ interaction, direction: "in" }), matches, recordId: undefined }],
});
const again = [{ type: "matches" as const, callObject: "I-1:1001", matches: [ayesha] }];

/** A page that was greeted, and saw whose call it is. */
function knowing(): KnownMatches {
  const known = new KnownMatches();
  known.greeted(true);
  expect(known.seen(state([ayesha]))).toEqual([]);
  return known;
}

describe("what was found of calls", () => {
  test("is told to a connector that has forgotten it, once for each greeting", () => {
    const known = knowing();
    for (let restarts = 0; restarts < 3; restarts++) {
      known.greeted(false);
      expect(known.seen(state([]))).toEqual(again);
      expect(known.seen(state([]))).toEqual([]);
      expect(known.seen(state([ayesha]))).toEqual([]);
    }
  });

  test("is not told to one that knows it, nor of calls that it has no more", () => {
    const known = knowing();
    known.greeted(false);
    expect(known.seen(state([ayesha]))).toEqual([]);
    expect(known.seen(state([], "I-2"))).toEqual([]);
  });

  test("what the connector takes away while we watch is meant, and stays away", () => {
    const known = knowing();
    expect(known.seen(state([]))).toEqual([]);
    known.greeted(false);
    expect(known.seen(state([]))).toEqual([]);
  });

  test("what was found here is known before the connector shows it", () => {
    const known = new KnownMatches();
    known.greeted(true);
    known.found("I-1:1001", [ayesha]);
    expect(known.seen(state([]))).toEqual([]);
    known.greeted(false);
    expect(known.seen(state([]))).toEqual(again);
  });

  test("somebody else at the page is told nothing of it", () => {
    const known = knowing();
    known.greeted(true);
    expect(known.seen(state([]))).toEqual([]);
  });

  test("is bounded: the oldest go", () => {
    const known = knowing();
    for (let at = 0; at < 1000; at++) known.found(`I-${at + 2}:1001`, [ayesha]);
    known.greeted(false);
    expect(known.seen(state([]))).toEqual([]);
    expect(known.seen(state([], "I-1001"))).toHaveLength(1);
  });
});
