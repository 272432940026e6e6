import { createHash } from "node:crypto";

/** Something of the page that never changes under its path: the path has its hash. */
export interface Asset {
  /** `/softphone/assets/1f2e….js`. */
  path: string;
  text: string;
  /** Content-Type. */
  type: string;
  /** With its quotes, as the header wants it. */
  etag: string;
}

export interface SoftphoneAssets {
  js: Asset;
  css: Asset;
  /** The page itself; not to be kept by browsers: it names the assets of this release. */
  html(options: PageOptions): string;
}

export interface PageOptions {
  /** The org's script, `https://my-domain.my.salesforce.com/support/api/62.0/lightning/opencti_min.js`; loaded only inside a frame. */
  script: string | undefined;
}

let assets: Promise<SoftphoneAssets> | undefined;

/** The softphone page, ready to be served. Bundled when the binary is built; run from source, at the first call. */
export function softphoneAssets(): Promise<SoftphoneAssets> {
  return (assets ??= made());
}

async function made(): Promise<SoftphoneAssets> {
  // Some 300 kB that only a connector with a page needs.
  const { bundled } = await import("./bundled.ts");
  const js = asset(bundled.js, "js", "text/javascript; charset=utf-8");
  const css = asset(bundled.css, "css", "text/css; charset=utf-8");
  return { js, css, html: (options) => pageHtml(options, { js, css }) };
}

function asset(text: string, ending: string, type: string): Asset {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 20);
  return { path: `/softphone/assets/${hash}.${ending}`, text, type, etag: `"${hash}"` };
}

function pageHtml({ script }: PageOptions, { js, css }: { js: Asset; css: Asset }): string {
  const openCti = script === undefined ? "" : `<meta name="cti-open-cti" content="${escaped(script)}">\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Softphone</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
${openCti}<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${css.path}">
<script src="${js.path}" defer></script>
</head>
<body>
<div id="softphone"></div>
<noscript>The softphone needs JavaScript.</noscript>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8" fill="#0b6e4f"/><path d="M5 3.6c.9-.6 1.5 1.6 1.7 2 .2.5-.7 1-.6 1.4.3.9 2 2.6 2.9 2.9.4.1.9-.8 1.4-.6.4.2 2.6.8 2 1.7-.8 1.2-2 1.4-3 1C7 11 5 9 4 6.600c-.4-1-.2-2.200 1-3z" fill="#fff"/></svg>',
)}`;
