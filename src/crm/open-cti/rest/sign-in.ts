import { CtiError, toCtiError } from "../../../model/errors.ts";
import type { Clock } from "../../../platform/clock.ts";
import type { CtiPort } from "../../adapter.ts";
import type { SalesforceSettings } from "../contract.ts";
import { SalesforceHttp } from "./http.ts";
import type { Identity } from "./identity.ts";
import { type DeviceCode, deviceToken } from "./oauth/device.ts";
import { type Authorization, pkceToken } from "./oauth/pkce.ts";
import { revoked } from "./oauth/refresh.ts";
import type { Token } from "./oauth/token.ts";
import { memoryStore, type TokenStore } from "./oauth/token-store.ts";
import { createSalesforceRest } from "./rest.ts";

/** What a person has to do, one or the other. */
export type SignInStep = ({ flow: "device" } & DeviceCode) | ({ flow: "pkce" } & Authorization);

export interface SignInParts {
  settings: SalesforceSettings;
  /** Of `jwt`: PEM. */
  key: string | undefined;
  store: TokenStore;
  clock: Clock;
  /** Called once, with what the person has to do; never of `jwt`. */
  show: (step: SignInStep) => void;
  signal?: AbortSignal;
}

export interface SignedIn {
  identity: Identity;
  /** Of `jwt` nothing is kept: the key is the sign-in. */
  kept: "key store" | "file" | undefined;
  /** What went well enough not to fail. */
  notices: string[];
}

/**
 * A sign-in by a person, kept in the store; of `jwt` a try whether the key is taken. Throws `credentials-refused` (wrong app, denied, too late)
 * with Salesforce's words, `interrupted` when the signal ends it, and what any request may.
 */
export async function signIn(parts: SignInParts): Promise<SignedIn> {
  const { settings, clock } = parts;
  if (settings.flow === "jwt") {
    const rest = backEnd(parts, memoryStore());
    try {
      return { identity: await rest.connect(parts.signal), kept: undefined, notices: [] };
    } finally {
      await rest.close();
    }
  }
  const http = new SalesforceHttp({ ca: settings.ca });
  let token: Token;
  try {
    token = await tokenBy({ ...parts, http, now: () => clock.now() });
  } finally {
    await http.close();
  }
  const kept = await parts.store.save(token);
  const notices: string[] = [];
  if (token.refresh === undefined)
    notices.push(
      "the app gave no refresh token, so this ends with the session, within hours: give it the scope refresh_token (Perform requests at any time) and sign in again",
    );
  const store = memoryStore();
  await store.save(token);
  const rest = backEnd(parts, store);
  try {
    return { identity: await rest.connect(parts.signal), kept, notices };
  } catch (error) {
    // The sign-in is there; that the API is not is another thing to put right.
    const { message, why, hint } = toCtiError(error);
    notices.push([message, why, hint].filter((words) => words !== undefined).join("; "));
    const { user, org, instance } = token;
    return { identity: { user, org, instance, username: undefined, name: undefined }, kept, notices };
  } finally {
    await rest.close();
  }
}

/** Ends the sign-in here and at Salesforce. `revoked`: Salesforce has taken it; `undefined`: there was none. */
export async function signOut({
  settings,
  store,
}: Pick<SignInParts, "settings" | "store">): Promise<{ revoked: boolean; why?: string } | undefined> {
  const found = await store.load();
  if (found === undefined) return undefined;
  const http = new SalesforceHttp({ ca: settings.ca });
  try {
    const done = await revoked({ http }, found.token);
    return done ? { revoked: true } : { revoked: false, why: "Salesforce does not know it any more" };
  } catch (error) {
    return { revoked: false, why: toCtiError(error).message };
  } finally {
    await http.close();
    // Whatever Salesforce says, nobody here uses it again.
    await store.remove();
  }
}

/** Who is signed in now, and the org's limit. Throws `not-signed-in`, `credentials-refused` and what any request may. */
export async function signInStatus(
  parts: Pick<SignInParts, "settings" | "key" | "store" | "clock" | "signal">,
): Promise<{
  identity: Identity;
  kept: "key store" | "file" | undefined;
  limits: { used: number; most: number } | undefined;
}> {
  const isJwt = parts.settings.flow === "jwt";
  const found = isJwt ? undefined : await parts.store.load();
  if (!isJwt && found === undefined)
    throw new CtiError({
      code: "not-signed-in",
      message: "nobody has signed in at Salesforce",
      hint: "sign in once: cti open-cti sign-in",
    });
  const rest = backEnd(parts, parts.store);
  try {
    const identity = await rest.connect(parts.signal);
    return { identity, kept: found?.where, limits: rest.limits() };
  } finally {
    await rest.close();
  }
}

function tokenBy(parts: SignInParts & { http: SalesforceHttp; now: () => number }): Promise<Token> {
  const { settings, clock, show, signal } = parts;
  const ends = signal === undefined ? {} : { signal };
  if (settings.flow === "device")
    return deviceToken(parts, { clock, show: (code) => show({ flow: "device", ...code }), ...ends });
  const { port } = settings;
  return pkceToken(parts, {
    ...(port !== undefined && { port }),
    show: (authorization) => show({ flow: "pkce", ...authorization }),
    ...ends,
  });
}

/** Outside of a connector there is no log and no trace to keep tokens out of. */
function backEnd(
  { settings, key, clock }: Pick<SignInParts, "settings" | "key" | "clock">,
  store: TokenStore,
) {
  const port: Pick<CtiPort, "clock" | "log" | "trace" | "addSecret"> = {
    clock,
    log: () => {},
    trace: () => {},
    addSecret: () => {},
  };
  return createSalesforceRest({ settings, key, store, port });
}
