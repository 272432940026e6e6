import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { CtiError } from "../../../../model/errors.ts";
import type { Secret } from "../../../../platform/secret.ts";
import type { SalesforceSettings } from "../../contract.ts";
import { audience } from "../hosts.ts";
import { type OAuthParts, postForm, type Token, tokenOf } from "./token.ts";

/** Seconds that an assertion is good for: Salesforce takes three minutes at most (open-cti.md §6), and clocks differ. */
const lifetime = 120;

/** The private key of a PEM text. Throws `config-invalid`, without a word of it, for what is no RSA key of 2048 bits or more. */
export function rsaKey(pem: Secret, place: string): KeyObject {
  const problem = (words: string, hint: string): CtiError =>
    new CtiError({ code: "config-invalid", message: `${place} ${words}`, hint });
  const make =
    "make one: openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem; cert.pem goes to the app";
  const text = pem.reveal();
  if (/ENCRYPTED/.test(text))
    throw problem("holds a key with a passphrase", "take it off: openssl rsa -in key.pem -out plain.pem");
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    // The library's words may quote the text.
    throw problem("holds no private key in PEM form", make);
  }
  if (key.asymmetricKeyType !== "rsa")
    throw problem(`holds a key of type ${key.asymmetricKeyType}, not RSA`, make);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < 2048) throw problem(`holds an RSA key of ${bits} bits; Salesforce wants 2048 or more`, make);
  return key;
}

/** The signed assertion of the JWT bearer flow, RS256. */
export function assertion(
  { clientId, user, login }: Pick<SalesforceSettings, "clientId" | "login"> & { user: string },
  key: KeyObject,
  now: number,
): string {
  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: clientId, sub: user, aud: audience(login), exp: Math.floor(now / 1000) + lifetime };
  const text = `${encoded({ alg: "RS256" })}.${encoded(claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
}

/** Signs in without a person: the app must be approved for the user. Throws `credentials-refused` and the like. */
export async function jwtToken(
  parts: OAuthParts,
  { user, key }: { user: string; key: KeyObject },
  signal?: AbortSignal,
): Promise<Token> {
  const answer = await postForm(
    parts,
    {
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      assertion: assertion({ ...parts.settings, user }, key, parts.now()),
    },
    signal,
  );
  return tokenOf(answer, parts);
}
