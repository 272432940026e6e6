import { afterEach, describe, expect, test } from "bun:test";
import { xml } from "@xmpp/client";
import { ManualClock } from "../../src/platform/clock.ts";
import type { BoshBody } from "../../src/finesse/transports/bosh-body.ts";
import type { BoshAnswer } from "../../src/finesse/transports/bosh-error.ts";
import { BoshSession } from "../../src/finesse/transports/bosh-session.ts";

interface Posted {
  body: string;
  sent(): void;
  answer(attributes?: Record<string, string>): void;
}

const sessions: BoshSession[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.abort();
});

/** A session over a carrier whose every step the test takes by hand. */
function sessionByHand() {
  const clock = new ManualClock();
  const posts: Posted[] = [];
  const taken: string[] = [];
  const ends: (Error | undefined)[] = [];
  let arrived = () => {};
  const session = new BoshSession({
    carrier: {
      clock,
      post: (body, signal, onSent) =>
        new Promise<BoshAnswer>((resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason), { once: true });
          posts.push({
            body,
            sent: onSent,
            answer: (attributes = {}) => resolve({ status: 200, text: JSON.stringify(attributes) }),
          });
          arrived();
        }),
      read: (text): BoshBody => ({ element: xml("body", JSON.parse(text)), stanzas: [] }),
    },
    domain: "localhost",
    firstRid: 100,
    onBody: (body) => {
      taken.push(body.element.attrs.name ?? "");
      arrived();
    },
    onEnd: (error) => ends.push(error),
  });
  sessions.push(session);
  const until = async (condition: () => boolean) => {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
  };
  const post = async (index: number): Promise<Posted> => {
    await until(() => posts.length > index);
    const found = posts[index];
    if (found === undefined) throw new Error("no such request");
    return found;
  };
  const created = async (attributes: Record<string, string> = {}) => {
    session.create();
    const first = await post(0);
    first.sent();
    first.answer({ sid: "s", requests: "2", ...attributes });
    await until(() => taken.length === 1);
  };
  return { session, clock, posts, taken, ends, post, until, created };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("requests of a BOSH session", () => {
  test("never set out while the one before is not on its way", async () => {
    const { session, posts, post, created } = sessionByHand();
    await created();
    session.send("<a/>");
    const first = await post(1);
    session.send("<b/>");
    await turn();
    await turn();
    expect(posts).toHaveLength(2);
    first.sent();
    expect((await post(2)).body).toContain("<b/>");
  });

  test("carry together what is said in one breath", async () => {
    const { session, post, created } = sessionByHand();
    await created();
    session.send("<presence type='unavailable'/>");
    session.terminate();
    const { body } = await post(1);
    expect(body).toContain("<presence type='unavailable'/>");
    expect(body).toContain('type="terminate"');
  });

  test("have their answers taken in order, whichever comes first", async () => {
    const { session, taken, post, until, created } = sessionByHand();
    await created();
    session.send("<a/>");
    const first = await post(1);
    first.sent();
    session.send("<b/>");
    const second = await post(2);
    second.sent();
    second.answer({ name: "second" });
    await turn();
    expect(taken).toEqual([""]);
    first.answer({ name: "first" });
    await until(() => taken.length === 3);
    expect(taken).toEqual(["", "first", "second"]);
  });

  test("are one at a time where the server takes no more", async () => {
    const { session, posts, post, created } = sessionByHand();
    await created({ requests: "1" });
    session.send("<a/>");
    const first = await post(1);
    first.sent();
    session.send("<b/>");
    await turn();
    expect(posts).toHaveLength(2);
    first.answer();
    expect((await post(2)).body).toContain("<b/>");
  });

  test("are not sent without end to a server that holds none", async () => {
    const { clock, posts, post, taken, until, created } = sessionByHand();
    await created();
    const idle = await post(1);
    idle.sent();
    idle.answer();
    await until(() => taken.length === 2);
    await turn();
    await turn();
    expect(posts).toHaveLength(2);
    clock.advance(2000);
    expect((await post(2)).body).toContain('rid="102"');
  });

  test("come again, unchanged, when no answer came in time", async () => {
    const { session, clock, posts, post, created } = sessionByHand();
    await created();
    session.send("<a/>");
    const first = await post(1);
    first.sent();
    expect(posts).toHaveLength(2);
    clock.advance(40_000);
    expect((await post(2)).body).toBe(first.body);
  });
});
