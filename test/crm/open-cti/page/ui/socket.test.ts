import { describe, expect, test } from "bun:test";
import { closeCodes, pageProtocol, type ToPage } from "../../../../../src/crm/open-cti/page/protocol.ts";
import { PageSocket, type SocketLike } from "../../../../../src/crm/open-cti/page/ui/socket.ts";
import type { SocketState } from "../../../../../src/crm/open-cti/page/ui/state.ts";
import { greeting } from "./fake-connector.ts";

class Wire implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: unknown[] = [];
  closed = false;
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.closed = true;
  }
  says(message: ToPage | string): void {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }
}

/** A socket with its clock in our hands. */
function stand(random = 0.5) {
  const wires: Wire[] = [];
  const states: SocketState[] = [];
  const heard: ToPage[] = [];
  let timers: { at: number; then: () => void }[] = [];
  let now = 0;
  const socket = new PageSocket({
    open: () => {
      const wire = new Wire();
      wires.push(wire);
      return wire;
    },
    hello: () => ({ type: "hello", version: pageProtocol, page: "p", openCti: false, focused: true }),
    heard: (message) => heard.push(message),
    changed: (state) => states.push(state),
    now: () => now,
    random: () => random,
    after: (milliseconds, then) => {
      const timer = { at: now + milliseconds, then };
      timers.push(timer);
      return () => (timers = timers.filter((other) => other !== timer));
    },
  });
  const pass = (milliseconds: number): void => {
    now += milliseconds;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { then } of due) then();
  };
  const last = (): Wire => wires.at(-1) as Wire;
  return { socket, wires, states, heard, pass, last, waiting: () => timers.map(({ at }) => at - now) };
}

describe("the socket of the page", () => {
  test("says hello first, and is open once that is answered", () => {
    const { socket, states, last, heard } = stand();
    socket.start();
    expect(socket.send({ type: "leave" })).toBe(false);
    last().onopen?.();
    expect(last().sent).toEqual([
      { type: "hello", version: pageProtocol, page: "p", openCti: false, focused: true },
    ]);
    last().says(greeting("1001"));
    expect(states).toEqual([{ phase: "open" }]);
    expect(socket.send({ type: "focus" })).toBe(true);
    last().says({ type: "lead", leads: true });
    expect(heard.map(({ type }) => type)).toEqual(["hello", "lead"]);
  });

  test("a connection that has died without a word is left after 25 s of silence; one that says it is alive is kept", () => {
    const { socket, states, last, pass, wires, heard } = stand();
    socket.start();
    last().onopen?.();
    last().says(greeting("1001"));
    for (let round = 0; round < 10; round++) {
      pass(20_000);
      last().says({ type: "alive" });
    }
    expect(states).toEqual([{ phase: "open" }]);
    expect(heard.map(({ type }) => type)).toEqual(["hello"]);
    pass(25_000);
    expect(states.at(-1)?.phase).toBe("lost");
    expect(last().closed).toBe(true);
    pass(1000);
    expect(wires.length).toBe(2);
  });

  test("comes back ever more slowly, at most every 15 s, and starts anew once it was there", () => {
    const { socket, states, last, pass, wires } = stand(1);
    socket.start();
    const pauses = [];
    for (let at = 0; at < 8; at++) {
      last().onclose?.({ code: 1006 });
      const state = states.at(-1);
      const before = wires.length;
      const pause = state?.phase === "lost" ? state.retryAt : 0;
      pauses.push(pause);
      pass(20_000);
      expect(wires.length).toBe(before + 1);
    }
    const gaps = pauses.map((retryAt, at) => retryAt - at * 20_000);
    expect(gaps).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    last().onopen?.();
    last().says(greeting("1001"));
    last().onclose?.({ code: 1001 });
    expect(states.at(-1)).toEqual({ phase: "lost", retryAt: 160_500 });
  });

  test("never in step with others: half of each pause is chance", () => {
    for (const [random, pause] of [
      [0, 250],
      [0.5, 375],
    ] as const) {
      const { socket, last, waiting } = stand(random);
      socket.start();
      last().onclose?.({ code: 1006 });
      expect(waiting()).toEqual([pause]);
    }
  });

  test("one that says nothing is given up", () => {
    const { socket, last, pass, states } = stand();
    socket.start();
    const silent = last();
    silent.onopen?.();
    pass(10_000);
    expect(silent.closed).toBe(true);
    expect(states.at(-1)?.phase).toBe("lost");
    silent.says(greeting("1001"));
    expect(states.at(-1)?.phase).toBe("lost");
  });

  for (const why of ["noHello", "flood", "replaced", "tooMany"] as const)
    test(`closed for ${why} it does not come back by itself`, () => {
      const { socket, last, pass, wires, states } = stand();
      socket.start();
      last().onclose?.({ code: closeCodes[why] });
      pass(60_000);
      expect([wires.length, states.at(-1)]).toEqual([1, { phase: "ended", why }]);
      socket.restart();
      expect(wires.length).toBe(2);
    });

  test("what it cannot read it leaves alone", () => {
    const { socket, last, heard } = stand();
    socket.start();
    for (const text of ["", "{", "null", "7", '{"type":7}', '{"type":"from-the-future"}']) last().says(text);
    expect(heard).toEqual([]);
  });
});
