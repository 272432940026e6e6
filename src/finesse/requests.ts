/// <reference path="./xmpp.d.ts" />
import type { Element } from "@xmpp/client";
import { CtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";

/** Requests over XMPP that wait for their answer, on our clock; the library's own waits on the system's. */
export class Requests {
  readonly #send: (stanza: Element) => Promise<void>;
  readonly #clock: Clock;
  readonly #peer: string;
  readonly #waiting = new Map<string, PromiseWithResolvers<Element>>();
  #lastId = 0;

  constructor(send: (stanza: Element) => Promise<void>, clock: Clock, peer: string) {
    this.#send = send;
    this.#clock = clock;
    this.#peer = peer;
  }

  /**
   * Sends an iq and resolves with its result or error stanza. Rejects with CtiError `timeout`, or with what sending it threw.
   * @param timeLimit milliseconds
   * @param kind begins the stanza's id, by which its answer is known in a trace too
   */
  async ask(stanza: Element, timeLimit: number, kind = "cti"): Promise<Element> {
    this.#lastId += 1;
    const id = `${kind}-${this.#lastId}`;
    stanza.attrs.id = id;
    const answer = Promise.withResolvers<Element>();
    this.#waiting.set(id, answer);
    const cancel = this.#clock.after(timeLimit, () =>
      answer.reject(
        new CtiError({
          code: "timeout",
          message: `${this.#peer} did not answer within ${timeLimit / 1000} s`,
          hint: "the link may be dead: cti status shows it, and cti events how it fared",
        }),
      ),
    );
    this.#send(stanza).catch(answer.reject);
    try {
      return await answer.promise;
    } finally {
      cancel();
      this.#waiting.delete(id);
    }
  }

  /** Takes an incoming iq; answers to nobody are dropped. */
  onIq(stanza: Element): void {
    const { type, id = "" } = stanza.attrs;
    if (type === "result" || type === "error") this.#waiting.get(id)?.resolve(stanza);
  }

  /** Nothing will be answered any more. */
  rejectAll(error: CtiError): void {
    for (const answer of this.#waiting.values()) answer.reject(error);
  }
}
