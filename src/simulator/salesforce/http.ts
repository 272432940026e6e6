/** A request as the parts behind the listener see it. */
export interface Asked {
  method: string;
  /** Path and query on the stub's own origin. */
  url: URL;
  headers: Headers;
  body: string;
}

/** What is answered. `json` is what the record of calls keeps. */
export interface Answer {
  status: number;
  json?: unknown;
  text?: string;
  type?: string;
  headers?: Record<string, string>;
}

export function json(value: unknown, status = 200): Answer {
  return { status, json: value };
}

/** A page; `more` widens what it may do, see `policy`. */
export function html(text: string, status = 200, more: Record<string, string> = {}): Answer {
  const headers = { "Content-Security-Policy": policy(more), "Cache-Control": "no-store" };
  return { status, text, type: "text/html; charset=utf-8", headers };
}

/** `<`, `&` and quotes made harmless. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export const stubBanner =
  "This is a stub of Salesforce for trying and testing (cti sim salesforce). It is not Salesforce.";

/** What every page may do; `more` are further directives, and take the place of those of the same name. */
export function policy(more: Record<string, string> = {}): string {
  const directives = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "data:",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    ...more,
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
}

/** A page that says what it is, in its title and on top. `page`: the id of a host page. */
export function stubPage(title: string, body: string, page?: string): string {
  return `<!doctype html>
<html lang="en"${page === undefined ? "" : ` data-page="${escapeHtml(page)}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>[stub] ${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/stub/style.css">
</head>
<body>
<div class="stub" role="note">${escapeHtml(stubBanner)}</div>
${body}
</body>
</html>
`;
}
