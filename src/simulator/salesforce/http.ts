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

export function html(text: string, status = 200, headers: Record<string, string> = {}): Answer {
  return { status, text, type: "text/html; charset=utf-8", headers };
}

/** `<`, `&` and quotes made harmless. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export const stubBanner =
  "This is a stub of Salesforce for trying and testing (cti sim salesforce). It is not Salesforce.";

/** A page that says what it is, in its title and on top. */
export function stubPage(title: string, body: string, head = ""): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>[stub] ${escapeHtml(title)}</title>
<style>
body { margin: 0; font: 14px/1.45 system-ui, sans-serif; color: #181818; background: #f3f3f3 }
.stub { background: #5a1b00; color: #fff; padding: 6px 14px; font-weight: 600 }
main { padding: 14px; max-width: 46rem }
button, input, select { font: inherit; padding: 4px 10px }
label { display: block; margin: 8px 0 }
</style>
${head}
</head>
<body>
<div class="stub" role="note">${escapeHtml(stubBanner)}</div>
${body}
</body>
</html>
`;
}
