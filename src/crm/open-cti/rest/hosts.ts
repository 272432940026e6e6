import { CtiError } from "../../../model/errors.ts";

/**
 * Names registered to Salesforce under which only its own servers answer: every org's `instance_url` is below one of them. `force.com` and
 * `site.com` are left out on purpose: customers' own pages live there, and no API of an org does.
 */
const vendorDomains = ["salesforce.com", "salesforce.mil", "sfcrmproducts.cn"];

/** True for a host on this computer, the only ones that may be spoken to without TLS: tests and stand-ins. */
export function isLocal(host: string): boolean {
  return host === "localhost" || host === "127.0.0.1" || host === "[::1]";
}

export function isVendorHost(host: string): boolean {
  return vendorDomains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}

/**
 * The origin that a token may be sent to. Where one signs in was chosen by the user, the `instance_url` beside the token by whoever answered:
 * it must be the same origin, or one of Salesforce's own hosts by HTTPS at its usual port. Throws `refused`, so that no token leaves for
 * another host.
 */
export function instanceOrigin(given: unknown, login: string): string {
  const url = typeof given === "string" && URL.canParse(given) ? new URL(given) : undefined;
  const plain = url !== undefined && url.username === "" && url.password === "";
  if (url !== undefined && plain && url.origin === new URL(login).origin) return url.origin;
  if (
    url !== undefined &&
    plain &&
    url.protocol === "https:" &&
    url.port === "" &&
    isVendorHost(url.hostname)
  )
    return url.origin;
  throw new CtiError({
    code: "refused",
    message: "Salesforce's answer to the sign-in names a host that no token is sent to",
    why: url === undefined ? "it names none" : `it names ${url.host}`,
    hint: "check login in [adapters.open-cti.salesforce]: https://login.salesforce.com, or the org's My Domain (https://NAME.my.salesforce.com)",
    details: { retry: true },
  });
}

/**
 * Whom a JWT is for. Salesforce takes its two log-in hosts alone, whichever host the token is asked of: `test` for sandboxes, `login` for
 * all else. A host that is not Salesforce's is its own audience.
 */
export function audience(login: string): string {
  const { hostname, origin } = new URL(login);
  if (!isVendorHost(hostname) || !hostname.endsWith(".salesforce.com")) return origin;
  const sandbox = hostname === "test.salesforce.com" || hostname.endsWith(".sandbox.my.salesforce.com");
  return sandbox || /^[^.]+--[^.]+\./.test(hostname)
    ? "https://test.salesforce.com"
    : "https://login.salesforce.com";
}

/** Where a person sees the org: `https://acme.lightning.force.com` for `https://acme.my.salesforce.com`; other hosts lead there themselves. */
export function lightningOrigin(instance: string): string {
  const { hostname, origin } = new URL(instance);
  const domain = /^(.+)\.my\.salesforce\.com$/.exec(hostname)?.[1];
  return domain === undefined ? origin : `https://${domain}.lightning.force.com`;
}
