import { ProtocolError, type Session } from "./cdp.ts";
import type { Frame } from "./frames.ts";
import { pointOf } from "./pointing.ts";
import {
  describeSight,
  type Found,
  findIn,
  outline,
  readFrame,
  type RoleSight,
  type Sight,
} from "./sights.ts";
import type { Tab } from "./tab.ts";

export interface Patience {
  /** Milliseconds; 10,000 unless told otherwise. */
  timeout?: number;
}

/** What a person looks at: a tab with all its frames, or one frame of it. */
export class Scope {
  readonly #tab: () => Tab;
  readonly #within: (frame: Frame) => boolean;

  constructor(tab: () => Tab, within: (frame: Frame) => boolean) {
    this.#tab = tab;
    this.#within = within;
  }

  /** Looks only at frames with such an address. */
  frame(address: RegExp): Scope {
    return new Scope(this.#tab, (frame) => this.#within(frame) && address.test(frame.url));
  }

  /** All that is there now. */
  async find(sight: Sight): Promise<Found[]> {
    const found = await Promise.all(this.#frames().map((frame) => findIn(frame, sight).catch(ignoreGone)));
    return found.flat();
  }

  /**
   * Waits until it is there; the first one. Looks after each change of the page, and never between.
   * @throws {Error} with what there is instead, when the time is up or the tab has gone
   */
  until(sight: Sight, patience?: Patience): Promise<Found> {
    return this.untilSo(async () => (await this.find(sight))[0], `${describeSight(sight)}`, patience);
  }

  /** Waits until it is not there any more. */
  async gone(sight: Sight, patience?: Patience): Promise<void> {
    const away = async (): Promise<true | undefined> =>
      (await this.find(sight)).length === 0 ? true : undefined;
    await this.untilSo(away, `end of ${describeSight(sight)}`, patience);
  }

  /** Waits until the question has an answer other than undefined or false. */
  async untilSo<T>(
    question: () => Promise<T | undefined | false>,
    what = String(question),
    { timeout = 10_000 }: Patience = {},
  ): Promise<T> {
    const end = performance.now() + timeout;
    for (;;) {
      const { watch } = this.#tab();
      const seen = watch.mark();
      const answer = await question().catch(ignoreGone);
      if (answer !== undefined && answer !== false && !(Array.isArray(answer) && answer.length === 0))
        return answer as T;
      if (!(await watch.after(seen, end - performance.now()))) throw await this.#complaint(what, timeout);
    }
  }

  /** Clicks in its middle, once it is there, enabled, and nothing lies over it. */
  async click(sight: Sight, patience?: Patience): Promise<void> {
    const point = await this.untilSo(
      async () => {
        const [found] = await this.find(sight);
        if (found === undefined || found.properties.disabled === true) return undefined;
        return pointOf(found);
      },
      `${describeSight(sight)} that can be clicked`,
      patience,
    );
    await this.#tab().clickAt(point);
  }

  /** Clicks into a field, and types over what is in it. */
  async fill(sight: Sight, text: string): Promise<void> {
    await this.click(sight);
    await this.#tab().press("ctrl+a");
    await this.#tab().type(text);
  }

  /** Presses Tab until the focus is there. */
  async tabTo(sight: RoleSight): Promise<void> {
    for (let presses = 0; presses < 60; presses++) {
      if ((await this.find({ ...sight, focused: true })).length > 0) return;
      await this.#tab().press("tab");
    }
    throw new Error(`Tab does not come to ${describeSight(sight)}\n${await this.outline()}`);
  }

  /** Runs a script as one of the page's own, whatever its policy allows. */
  async inject(source: string): Promise<void> {
    const { session, context } = this.#first();
    const { exceptionDetails } = await session.send("Runtime.evaluate", {
      expression: source,
      contextId: context,
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description);
  }

  /** Runs a function in the page's own world; it sees nothing of the test but its argument. */
  async evaluate<T, A = undefined>(what: (argument: A) => T | Promise<T>, argument?: A): Promise<T> {
    const { session, context } = this.#first();
    const { result, exceptionDetails } = await session.send("Runtime.callFunctionOn", {
      functionDeclaration: String(what),
      executionContextId: context,
      arguments: [{ value: argument }],
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as T;
  }

  /** What is to be read. */
  async text(): Promise<string> {
    return (await Promise.all(this.#frames().map((frame) => readFrame(frame).catch(() => "")))).join("\n");
  }

  /** What a screen reader would find. */
  async outline(): Promise<string> {
    const parts = this.#frames().map((frame) =>
      outline(frame).catch((error: Error) => `── ${frame.url}: ${error.message}`),
    );
    return (await Promise.all(parts)).join("\n");
  }

  #frames(): Frame[] {
    return this.#tab().frames.all().filter(this.#within);
  }

  #first(): { session: Session; context: number } {
    const [frame] = this.#frames();
    if (frame?.context === undefined) throw new Error(`there is no such frame in ${this.#tab().url}`);
    return { session: frame.session, context: frame.context };
  }

  async #complaint(what: string, timeout: number): Promise<Error> {
    const tab = this.#tab();
    if (tab.closed) return new Error(`the tab has gone, and there was no ${what}`);
    const picture = await tab.pictureOfFailure();
    const troubles = tab.troubles.map((each) => `! ${each}`).join("\n");
    return new Error(
      `after ${timeout} ms there is no ${what}\n${await this.outline()}\n${troubles}${picture}`,
    );
  }
}

/** What was meant has gone while it was looked at: it is looked for again. */
function ignoreGone(error: unknown): [] {
  if (error instanceof ProtocolError) return [];
  throw error;
}
