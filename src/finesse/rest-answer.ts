import type { Refusal } from "../model/commands.ts";
import { CtiError } from "../model/errors.ts";
import { parseRefusals } from "./parse-errors.ts";
import { refusedError } from "./refusal.ts";
import { parseXml, type XmlElement } from "./xml-tree.ts";

/** An HTTP answer, read whole. */
export interface Answer {
  status: number;
  /** Value of the Location header. */
  location: string | undefined;
  contentType: string | undefined;
  body: string;
}

/** The request the answer belongs to, in words. */
export interface Asked {
  method: string;
  path: string;
  /** Host and port. */
  peer: string;
  username: string | undefined;
}

/** 401 answers that are about what was asked, not about who asks (§4). */
const refusalsUnder401 = new Set([
  "invalid authorization user specified",
  "invalid supervisor",
  "invalid state",
]);

/** Throws what a failed answer means; returns for 2xx. Rules and bodies of §4. */
export function assertAccepted(answer: Answer, asked: Asked): void {
  const { status } = answer;
  if (status >= 200 && status < 300) {
    if (looksLikeHtml(answer)) throw notFinesse(answer, asked);
    return;
  }
  if (status >= 300 && status < 400) throw redirected(answer, asked);
  const refusals = readRefusals(answer.body);
  const [refusal] = refusals;
  if (status === 503) {
    throw new CtiError({
      code: "finesse-out-of-service",
      message: `Finesse at ${asked.peer} is out of service`,
      why: refusal === undefined ? "HTTP 503" : [refusal.type, refusal.words].filter(Boolean).join(": "),
      hint: "one of its dependencies is down (CTI server, notification service, database): try the other node, or wait",
      details: { status },
    });
  }
  if (status === 502 || status === 504) {
    throw new CtiError({
      code: "finesse-out-of-service",
      message: `Finesse's web application at ${asked.peer} is down or starting`,
      why: `${asked.method} ${asked.path} gave HTTP ${status}`,
      hint: "it may be restarting: try the other node, or wait; where it stays, check that host and port are Finesse's own (8445)",
      // The proxy in front does not know what became of the request behind it.
      details: { status, mayBeDone: true },
    });
  }
  if (status === 401 && (refusal === undefined || !isRefusal(asked, refusal))) {
    throw credentialsRefused(
      asked,
      refusal === undefined
        ? "HTTP 401"
        : [refusal.type, refusal.words, refusal.code].filter(Boolean).join(": "),
    );
  }
  if (refusal !== undefined) throw refusedError(`${asked.method} ${asked.path}`, refusal, status);
  throw notFinesse(answer, asked);
}

/**
 * What 401 also answers (§4) to somebody whose password was proven when the session connected: calls that one is no longer a party of
 * (§10), teams and queues that are for supervisors (§11).
 */
const rightOfTheirOwn = /^PUT \S*\/Dialog\/|^GET \S*\/(?:Team\/[^/]+|Queues)$/;

function isRefusal({ method, path }: Asked, { type, words = "" }: Refusal): boolean {
  if (refusalsUnder401.has(type.toLowerCase())) return true;
  return rightOfTheirOwn.test(`${method} ${path}`) && !/lock/i.test(words);
}

/** The root element of a 200 answer. */
export function readBody(answer: Answer, asked: Asked): XmlElement {
  if (looksLikeHtml(answer)) throw notFinesse(answer, asked);
  try {
    return parseXml(answer.body);
  } catch (thrown) {
    if (!(thrown instanceof CtiError)) throw thrown;
    throw new CtiError({
      code: "finesse-protocol",
      message: `the answer of ${asked.peer} to ${asked.method} ${asked.path} cannot be read`,
      why: thrown.why ?? thrown.message,
      hint: "check that the address is Finesse's own and no proxy stands between",
    });
  }
}

/** Also what SASL failures mean: one wording for one mistake. */
export function credentialsRefused(asked: Pick<Asked, "peer" | "username">, why: string): CtiError {
  const locked = /\block(ed|out)|lock-out|blocked|too many/i.test(why);
  return new CtiError({
    code: locked ? "locked-out" : "credentials-refused",
    message: locked
      ? `Finesse has locked ${asked.username ?? "the user"} out`
      : `Finesse does not accept the id or password of ${asked.username ?? "the user"}`,
    why,
    hint: locked
      ? "five wrong passwords in a row lock a user for five minutes: wait, then sign in once with the right one"
      : "check id (loginId or loginName, capitals too) and password; cti tries once only, since five wrong ones in a row lock the user for five minutes, in which the right one is refused too",
    details: { peer: asked.peer },
  });
}

function readRefusals(body: string): ReturnType<typeof parseRefusals> {
  if (!/<apierrors?\b/i.test(body)) return [];
  try {
    const root = parseXml(body);
    return /^apierrors?$/i.test(root.name) ? parseRefusals(root, false) : [];
  } catch {
    // A broken error page is told as the HTTP status it came with.
    return [];
  }
}

function looksLikeHtml(answer: Answer): boolean {
  return (
    /^\s*<(!doctype\s+html|html)\b/i.test(answer.body) ||
    (answer.contentType?.toLowerCase().includes("text/html") === true && !/^\s*(<\?xml|$)/.test(answer.body))
  );
}

function redirected(answer: Answer, asked: Asked): CtiError {
  const to = answer.location ?? "nowhere";
  const origin = originOf(answer.location);
  return new CtiError({
    code: "finesse-protocol",
    message: `${asked.peer} sends requests elsewhere`,
    why: `HTTP ${answer.status} to ${to}`,
    hint:
      origin === undefined
        ? "give the address that Finesse itself answers on, usually https://NAME:8445"
        : `if that is Finesse, use --finesse ${origin}; a password is never sent on to another address by itself`,
    details: { status: answer.status, location: to },
  });
}

function originOf(location: string | undefined): string | undefined {
  if (location === undefined || !URL.canParse(location)) return undefined;
  return new URL(location).origin;
}

function notFinesse(answer: Answer, asked: Asked): CtiError {
  const title = /<title>([^<]{1,100})<\/title>/i.exec(answer.body)?.[1]?.trim();
  return new CtiError({
    code: "finesse-protocol",
    message: `${asked.peer} does not answer as Finesse's API does`,
    why: `${asked.method} ${asked.path} gave HTTP ${answer.status}${looksLikeHtml(answer) ? ` with a web page${title === undefined ? "" : ` “${title}”`}` : ""}`,
    hint: "check host and port (Finesse: 8445), and whether a proxy or sign-in page stands between",
    details: { status: answer.status, ...(answer.status >= 500 && { mayBeDone: true }) },
  });
}
