import type { PageSettings } from "./contract.ts";

/** What every answer says: nothing of it is kept, guessed at, framed or taken elsewhere unless it says otherwise. */
const always = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
};

/** Where Salesforce frames softphones. */
export const salesforceOrigins = [
  "https://*.lightning.force.com",
  "https://*.salesforce.com",
  "https://*.my.salesforce.com",
  "https://*.force.com",
];

export interface PageHeaders {
  /** Of everything but page and assets. */
  plain: Readonly<Record<string, string>>;
  asset: Readonly<Record<string, string>>;
  /** Of the page, asked for at this host. */
  page(host: string): Record<string, string>;
}

/** `central`: browsers are told never to come without TLS; a computer's own 127.0.0.1 also serves what has none. */
export function pageHeaders(
  { frameAncestors, script }: Pick<PageSettings, "frameAncestors" | "script">,
  central: boolean,
): PageHeaders {
  const plain = { ...always, ...(central && { "Strict-Transport-Security": "max-age=31536000" }) };
  const ancestors = ["'self'", ...(frameAncestors.length === 0 ? salesforceOrigins : frameAncestors)];
  const scripts = ["'self'", ...(script === undefined ? [] : [new URL(script).origin])];
  return {
    plain,
    asset: { ...plain, "Cache-Control": "public, max-age=31536000, immutable" },
    page: (host) => ({
      ...plain,
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": [
        "default-src 'none'",
        `script-src ${scripts.join(" ")}`,
        "style-src 'self'",
        "img-src 'self' data:",
        // Said in full too: not every browser reads 'self' as wss.
        `connect-src 'self' wss://${host}`,
        "base-uri 'none'",
        "form-action 'none'",
        `frame-ancestors ${ancestors.join(" ")}`,
      ].join("; "),
      "Cross-Origin-Opener-Policy": "same-origin",
      "Permissions-Policy":
        "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=()",
    }),
  };
}
