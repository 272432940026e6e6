import { Invalid } from "./invalid.ts";

/** Finesse's own TLS port for REST and WebSocket (reference/finesse.md §1). */
export const defaultFinessePort = 8445;

/**
 * The origin of a Finesse node from what people write: `fina.example.com`, `fina:8445`, `https://fina.example.com:8445/desktop`.
 * Without a port it is 8445, also after `https://`; for a proxy on 443 write `:443`.
 */
export function finesseOrigin(text: string): string {
  const typed = text.trim();
  if (typed === "") throw new Invalid("is empty", "write https://HOST:8445");
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(typed)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "https") {
    throw new Invalid(
      `starts with ${scheme}://, but Finesse is only reached by https`,
      `write https://${hostOf(typed)}:${defaultFinessePort}`,
    );
  }
  const rest = scheme === undefined ? typed : typed.slice("https://".length);
  const authority = rest.split(/[/?#]/)[0] ?? "";
  // Never shown: what stands before the @ may be a password.
  if (authority.includes("@")) {
    throw new Invalid("holds a user name or password", "write only https://HOST:8445");
  }
  const port = /:(\d+)$/.exec(authority)?.[1];
  let url: URL;
  try {
    url = new URL(`https://${authority}`);
  } catch {
    throw new Invalid(`"${typed}" is not an address`, "write https://HOST:8445");
  }
  if (!/^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)$/.test(url.hostname) || Number(port) === 0) {
    throw new Invalid(`"${typed}" is not an address`, "write https://HOST:8445");
  }
  return `https://${url.hostname}:${port === undefined ? defaultFinessePort : Number(port)}`;
}

function hostOf(typed: string): string {
  const authority = typed.replace(/^[^/]*\/\//, "").split(/[/?#]/)[0] ?? "";
  const host = authority.split("@").at(-1)?.replace(/:\d+$/, "") ?? "";
  return host === "" ? "HOST" : host;
}
