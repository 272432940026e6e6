import { CtiError } from "../../../../model/errors.ts";
import type { Clock } from "../../../../platform/clock.ts";
import { isRecord, textOf } from "../json.ts";
import { errorOf, type OAuthParts, postForm, scope, signInError, type Token, tokenOf } from "./token.ts";

/** What the person needs: open `url`, type `code`. */
export interface DeviceCode {
  url: string;
  code: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** Seconds: between questions when Salesforce names none, what `slow_down` adds (RFC 8628 §3.5), how long a code lives. */
const usualInterval = 5;
const slower = 5;
const codeLife = 600;

/**
 * The device flow: `show` is called with the code, and Salesforce is asked until the person has allowed it, no faster than it wants. Throws
 * `credentials-refused` when it is denied or too late, `interrupted` when the signal ends it.
 */
export async function deviceToken(
  parts: OAuthParts,
  {
    clock,
    show,
    signal,
  }: { clock: Pick<Clock, "after">; show: (code: DeviceCode) => void; signal?: AbortSignal },
): Promise<Token> {
  const { clientId } = parts.settings;
  const begun = await postForm(parts, { response_type: "device_code", client_id: clientId, scope }, signal);
  const body = isRecord(begun.body) ? begun.body : {};
  const [device, code, url] = [
    textOf(body.device_code),
    textOf(body.user_code),
    textOf(body.verification_uri),
  ];
  if (begun.status !== 200 || device === undefined || code === undefined || url === undefined)
    throw signInError(begun);
  let interval = seconds(body.interval, usualInterval);
  const expiresAt = parts.now() + seconds(body.expires_in, codeLife) * 1000;
  show({ url: shownUrl(url), code, expiresAt });
  for (;;) {
    await pause(clock, interval * 1000, signal);
    if (parts.now() > expiresAt) throw tooLate();
    const answer = await postForm(parts, { grant_type: "device", client_id: clientId, code: device }, signal);
    const error = answer.status === 200 ? "" : errorOf(answer.body);
    if (error === "slow_down") interval += slower;
    else if (error === "access_denied")
      throw new CtiError({
        code: "credentials-refused",
        message: "the sign-in was denied in the browser",
        hint: "run cti open-cti sign-in again and allow it",
      });
    else if (error !== "authorization_pending") return tokenOf(answer, parts);
  }
}

function seconds(value: unknown, usual: number): number {
  const given = Number(value);
  return Number.isFinite(given) && given > 0 && given <= 3600 ? given : usual;
}

/** Only what a browser should open is shown. */
function shownUrl(url: string): string {
  if (URL.canParse(url) && ["https:", "http:"].includes(new URL(url).protocol)) return new URL(url).href;
  throw new CtiError({
    code: "refused",
    message: "Salesforce named an address for the code that is none",
    why: url,
  });
}

function tooLate(): CtiError {
  return new CtiError({
    code: "credentials-refused",
    message: "nobody allowed the sign-in in time",
    hint: "run cti open-cti sign-in again; the code is good for ten minutes",
  });
}

function pause(
  clock: Pick<Clock, "after">,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      cancel();
      reject(new CtiError({ code: "interrupted", message: "the sign-in was stopped" }));
    };
    const cancel = clock.after(milliseconds, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
}
