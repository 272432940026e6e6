import { createPublicKey, type KeyObject } from "node:crypto";
import { CtiError } from "../../../model/errors.ts";

/** A connected app, as an administrator of the org made it. */
export interface OAuthClient {
  /** The consumer key. */
  id: string;
  /** Consumer secret; without one the app is a public client. */
  secret?: string;
  /** PEM of the certificate or public key for JWT bearer; without it that flow is refused. */
  publicKey?: string;
  /** Further redirect URIs; without any, every loopback address will do. */
  redirectUris?: readonly string[];
}

export interface CheckedClient extends OAuthClient {
  key: KeyObject | undefined;
}

/** Reads the keys. Throws `usage`. */
export function checkedClients(clients: readonly OAuthClient[]): CheckedClient[] {
  return clients.map((client) => ({
    ...client,
    key: client.publicKey === undefined ? undefined : publicKeyOf(client.publicKey),
  }));
}

function publicKeyOf(pem: string): KeyObject {
  try {
    const key = createPublicKey(pem);
    if (pem.includes("PRIVATE KEY") || key.asymmetricKeyType !== "rsa")
      throw new Error("it is no RSA public key");
    return key;
  } catch (thrown) {
    throw new CtiError({
      code: "usage",
      message: "the key for JWT bearer cannot be read",
      why: thrown instanceof Error ? thrown.message : String(thrown),
      hint: "give the RSA certificate or public key that the client signs with, as PEM",
    });
  }
}

/** Whether a browser may be sent back there: plain http on this machine (RFC 8252 §7.3), or a redirect URI of the app. */
export function mayRedirect(client: OAuthClient, uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname, hash, username } = new URL(uri);
  if (hash !== "" || username !== "") return false;
  if (client.redirectUris !== undefined) return client.redirectUris.includes(uri);
  return protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}
