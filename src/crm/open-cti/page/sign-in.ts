import type { Outcome } from "../../../model/commands.ts";
import { CtiError, toCtiError } from "../../../model/errors.ts";
import type { CtiPort } from "../../adapter.ts";
import type { PageSettings } from "./contract.ts";
import type { Pass, Passes } from "./passes.ts";
import type { FromPage } from "./protocol.ts";
import { Seat } from "./seat.ts";
import { Tries } from "./tries.ts";

export interface SignInOptions {
  settings: Pick<PageSettings, "signIn">;
  port: CtiPort;
  passes: Passes;
}

/** Milliseconds; Finesse forgets wrong passwords after as long (finesse.md §2), and locks an agent out at the fifth. */
const remembered = 5 * 60_000;
/** Wrong passwords for one agent, from wherever. */
const mostPerAgent = 3;
/** From one address, behind which a whole floor may be. */
const mostPerAddress = 30;
/** Wrong pairing tokens from one address. */
const mostTokens = 10;
/** Milliseconds that a sign-in may take in all. */
const signInTime = 30_000;

/** Where people at a page show who they are. Nothing of a password is kept. */
export class SignInDesk {
  readonly #options: SignInOptions;
  readonly #byAgent: Tries;
  readonly #byAddress: Tries;
  readonly #tokens: Tries;

  constructor(options: SignInOptions) {
    this.#options = options;
    const { clock } = options.port;
    this.#byAgent = new Tries(clock, mostPerAgent, remembered);
    this.#byAddress = new Tries(clock, mostPerAddress, remembered);
    this.#tokens = new Tries(clock, mostTokens, 60_000);
  }

  /** Who a pairing token is for. */
  pair(token: string, address: string): Pass | CtiError {
    const { passes, port } = this.#options;
    const tried = this.#tokens.begin(address);
    if ("wait" in tried) return tooOften(`from here too many wrong codes came`, tried.wait);
    const pass = passes.pair(token);
    if (pass !== undefined) {
      tried.undo();
      return pass;
    }
    port.log("warn", `softphone page at ${address}: a pairing code that is wrong, used or too old`);
    return new CtiError({
      code: "credentials-refused",
      message: "this pairing code is wrong, was used before or is older than two minutes",
      hint: "make a new one: cti open-cti pair",
    });
  }

  /**
   * Signs in, or takes the live session up with the same password. `at`: who is at the page already. `agent`: as the session is called, where
   * there is one now.
   */
  async signIn(
    { id, agent, extension, password }: FromPage & { type: "sign-in" },
    address: string,
    at: Pass | undefined,
  ): Promise<{ outcome: Outcome; agent: string | undefined }> {
    const { port, settings } = this.#options;
    if (at === undefined && settings.signIn === "pairing")
      throw new CtiError({
        code: "refused",
        message: "nobody signs in at this page: it is paired with the agent of this computer",
        hint: "cti open-cti pair",
      });
    if (at !== undefined && (port.status(agent)?.agent ?? agent) !== at.agent)
      throw new CtiError({ code: "refused", message: `agent ${at.agent} is at this page: leave it first` });
    const undo = this.#try(agent, address);
    port.addSecret(password);
    try {
      const outcome = await port.signIn(
        { agent, extension, password, lease: Seat.lease() },
        { idempotencyKey: `page:sign-in:${id}:${crypto.randomUUID()}`, timeout: signInTime },
      );
      undo();
      const isIn = outcome.outcome === "confirmed" || outcome.outcome === "pending";
      return { outcome, agent: isIn ? (port.status(agent)?.agent ?? agent) : undefined };
    } catch (thrown) {
      const error = toCtiError(thrown);
      if (error.code !== "credentials-refused" && error.code !== "locked-out") undo();
      throw without(error, password);
    }
  }

  #try(agent: string, address: string): () => void {
    const mine = this.#byAgent.begin(agent.toLowerCase());
    if ("wait" in mine)
      throw tooOften(
        `for agent ${agent} too many wrong passwords came`,
        mine.wait,
        "one more could lock the agent out",
      );
    const theirs = this.#byAddress.begin(address);
    if ("wait" in theirs) {
      mine.undo();
      throw tooOften("from here too many wrong passwords came", theirs.wait);
    }
    return () => {
      mine.undo();
      theirs.undo();
    };
  }
}

function tooOften(message: string, wait: number, why?: string): CtiError {
  return new CtiError({
    code: "refused",
    message: `${message}: try again in ${wait} s`,
    ...(why !== undefined && { why }),
    details: { wait },
  });
}

/** Other systems' words go to a browser: none of them may be the password. */
function without(error: CtiError, password: string): CtiError {
  const clean = (text: string): string => (password.length < 4 ? text : text.replaceAll(password, "…"));
  const { code, message, why, hint } = error;
  return new CtiError(
    {
      code,
      message: clean(message),
      ...(why !== undefined && { why: clean(why) }),
      ...(hint !== undefined && { hint: clean(hint) }),
    },
    { cause: error.cause },
  );
}
