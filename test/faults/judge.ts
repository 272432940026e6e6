import type { Outcome } from "../../src/model/commands.ts";
import type { Asking } from "./faces.ts";
import type { Glimpse, Leg, Witness } from "./witness.ts";

/** The requests of a command: its cause, and the cause with a number for later steps. */
function belongs(requestId: string, cause: string): boolean {
  return requestId === cause || requestId.startsWith(`${cause}.`);
}

/** Why the answer to a command was a lie, or undefined when it was true. */
export function lieIn(asking: Asking, witness: Witness): string | undefined {
  const { result } = asking;
  if (result?.kind !== "outcome") return undefined;
  const { outcome } = result;
  const seen = witness.between(asking.agent, asking.from, result.at);
  const why =
    outcome.outcome === "refused"
      ? falseRefusal(asking, outcome, seen, witness)
      : falseClaim(asking, outcome, seen, witness);
  return why === undefined
    ? undefined
    : `${asking.key} ${JSON.stringify(asking.wish)} "${outcome.message}" (${outcome.outcome}): ${why}`;
}

function falseClaim(asking: Asking, outcome: Outcome, seen: Glimpse[], witness: Witness): string | undefined {
  if (outcome.outcome === "unknown") return outcome.message === "" ? "unknown, without a reason" : undefined;
  const { wish } = asking;
  const ever = (fits: (glimpse: Glimpse) => boolean) => seen.some(fits);
  const leg = (fits: (leg: Leg | undefined) => boolean) => {
    const id = outcome.call?.id ?? ("call" in wish ? wish.call : undefined);
    return id === undefined || ever(({ legs }) => fits(legs[id])) ? undefined : `call ${id} never was so`;
  };
  if (outcome.outcome === "pending") {
    const wanted = wish.verb === "ready" ? "READY" : "NOT_READY";
    return ever(({ state, pending }) => pending === wanted || state === wanted)
      ? undefined
      : "it never was pending";
  }
  switch (wish.verb) {
    case "login":
      return ever(({ state }) => state !== "LOGOUT") ? undefined : "never signed in";
    case "logout":
      return ever(({ state }) => state === "LOGOUT") ? undefined : "never signed out";
    case "ready":
      return ever(({ state }) => state === "READY" || state === "RESERVED") ? undefined : "never READY";
    case "not-ready":
      return ever(({ state }) => state === "NOT_READY") ? undefined : "never NOT_READY";
    case "answer":
    case "retrieve":
      return leg((one) => one?.state === "ACTIVE");
    case "hold":
      return leg((one) => one?.state === "HELD");
    case "drop":
      return leg((one) => one === undefined || one.state === "WRAP_UP" || one.state === "DROPPED");
    case "set": {
      const wanted = Object.entries(wish.variables);
      return leg((one) => wanted.every(([name, value]) => one?.variables[name] === value));
    }
    case "wrap-up":
      return leg((one) => one?.wrapUpReason === wish.reasons[0]);
    case "dtmf":
      return witness.requests.some(({ requestId, status }) => requestId === outcome.cause && status < 300)
        ? undefined
        : "no tones were taken";
    case "transfer":
      // Asked twice, one of the two did it.
      return witness.requests.some(
        ({ requestId, agent, body }) =>
          witness.echoed.has(requestId) &&
          (requestId === outcome.cause || (agent === asking.agent && couldBe(wish, body))),
      )
        ? undefined
        : "the switch did not transfer it";
    case "conference":
      return leg((one) => one?.callType === "CONFERENCE" && one.state === "ACTIVE");
    case "consult":
    case "dial":
      if (outcome.call === undefined) return "confirmed without a call";
      return leg((one) => one?.to === wish.number);
    default:
      return undefined;
  }
}

function falseRefusal(
  asking: Asking,
  outcome: Outcome,
  seen: Glimpse[],
  witness: Witness,
): string | undefined {
  const { wish } = asking;
  if (outcome.refusal === undefined) return "refused without a refusal";
  if ((wish.verb === "dial" || wish.verb === "consult") && outcome.refusal.type === "Call Failed")
    return seen.some(({ legs }) =>
      Object.values(legs).some((leg) => leg.state === "FAILED" && leg.to === wish.number),
    )
      ? undefined
      : "no such call failed";
  const done = witness.requests.filter(
    ({ requestId, body }) =>
      belongs(requestId, outcome.cause) &&
      witness.echoed.has(requestId) &&
      // Of a sign-out that began with NOT_READY, only the sign-out counts.
      (wish.verb !== "logout" || body.includes("<state>LOGOUT</state>")),
  );
  return done.length === 0 ? undefined : `${done.map(({ requestId }) => requestId).join()} was done`;
}

/** Commands that were done although their asker was told that nothing was sent, and numbers that were dialled twice. */
export function doneInSilence(askings: readonly Asking[], witness: Witness): string[] {
  const known = askings.flatMap(({ result }) => (result?.kind === "outcome" ? [result.outcome.cause] : []));
  const found: string[] = [];
  for (const { requestId, agent, at, method, path, body } of witness.requests) {
    if (!witness.echoed.has(requestId) || known.some((cause) => belongs(requestId, cause))) continue;
    // Whose asker never had an answer is in the dark, not deceived; one that failed was told that nothing was done.
    const deceived = askings.find(
      ({ agent: who, wish, from, result }) =>
        who === agent && from <= at && result?.kind === "error" && result.at >= at && couldBe(wish, body),
    );
    const dark = askings.some(
      ({ agent: who, from, result, repeated }) =>
        who === agent && from <= at && (repeated || (result?.kind === "lost" && result.at >= at)),
    );
    if (deceived !== undefined && !dark)
      found.push(
        `${method} ${path} ${body} [${requestId}] was done, ${deceived.key} was told ${JSON.stringify(deceived.result)}`,
      );
  }
  const dialled = new Map<string, number>();
  for (const { body, status } of witness.requests) {
    const number =
      /<requestedAction>MAKE_CALL<.*<toAddress>(55\d+)</s.exec(body)?.[1] ??
      /<toAddress>(55\d+)</.exec(body)?.[1];
    if (number !== undefined && status < 300) dialled.set(number, (dialled.get(number) ?? 0) + 1);
  }
  for (const [number, times] of dialled) if (times > 1) found.push(`${number} was dialled ${times} times`);
  return found;
}

/** Whether a request with this body can be what the wish led to. */
function couldBe(wish: Asking["wish"], body: string): boolean {
  switch (wish.verb) {
    case "login":
      return body.includes("<state>LOGIN<");
    case "ready":
      return body.includes("<state>READY<");
    case "not-ready":
      return body.includes("<state>NOT_READY<");
    case "logout":
      return body.includes("<state>LOGOUT<");
    case "dial":
    case "consult":
      return body.includes(`<toAddress>${wish.number}<`);
    case "transfer":
      return wish.number === undefined
        ? body.includes(">TRANSFER<")
        : body.includes(`<toAddress>${wish.number}<`);
    case "set":
      return Object.values(wish.variables).every((value) => body.includes(`<value>${value}<`));
    case "wrap-up":
      return body.includes("<wrapUpReason>");
    case "dtmf":
      return body.includes(`<value>${wish.digits}<`);
    default:
      return body.includes(`>${wish.verb.toUpperCase()}<`);
  }
}
