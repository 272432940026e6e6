import { type Answer, escapeHtml, html, stubPage } from "../http.ts";
import type { HostPage, PageSettings } from "./host.ts";

/** The page as the browser loads it: Lightning's parts that a softphone has to do with, and the frame in the utility bar. */
export function hostPage(page: HostPage, base: string, { allow }: PageSettings): Answer {
  const src = page.frameUrl(base);
  const frameOrigin = src === undefined ? "'none'" : new URL(src).origin;
  const body = `<header>
<button type="button" id="home">Home</button>
<form id="search" role="search"><input id="searched" aria-label="Search" minlength="2" required> <button>Search</button></form>
<span id="who">${escapeHtml(`${page.user.name} (${page.user.username})`)}</span>
</header>
<div class="address" aria-label="Address">\u{1f512} <span id="address"></span></div>
<main id="view" aria-live="polite"></main>
${src === undefined ? "" : panel(src, allow)}
<footer><button type="button" id="utility-phone" aria-expanded="false">Phone</button> <span id="click-to-dial"></span></footer>
<script src="/stub/host.js"></script>`;
  const text = stubPage("Lightning", body, `<style>${style}</style>`).replace(
    '<html lang="en">',
    `<html lang="en" data-page="${page.id}">`,
  );
  return html(text, 200, {
    "Content-Security-Policy": `default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; frame-src ${frameOrigin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    "Cache-Control": "no-store",
  });
}

const panel = (src: string, allow: string) => `<section id="panel" aria-label="Softphone">
<div id="panel-label">Phone</div>
<iframe id="softphone" title="Softphone" src="${escapeHtml(src)}" allow="${escapeHtml(allow)}"></iframe>
</section>`;

const style = `
header { display: flex; gap: 12px; align-items: center; padding: 8px 14px; background: #fff; border-bottom: 1px solid #c9c9c9 }
header form { flex: 1 }
#searched { width: 60% }
.address { margin: 8px 14px; padding: 4px 12px; background: #fff; border: 1px solid #c9c9c9; border-radius: 14px; overflow-wrap: anywhere }
main { margin: 0 14px 60px; background: #fff; border-radius: 4px; min-height: 200px }
h1 { font-size: 20px; margin: 0 0 10px }
dl { display: grid; grid-template-columns: 12rem 1fr; gap: 4px 12px; margin: 0 }
dt { color: #5c5c5c }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
button.link { border: 0; background: none; color: #0b5cab; text-decoration: underline; padding: 0; cursor: pointer }
footer { position: fixed; left: 0; right: 0; bottom: 0; padding: 4px 14px; background: #fff; border-top: 1px solid #c9c9c9 }
#panel { position: fixed; right: 14px; bottom: 40px; background: #fff; border: 1px solid #747474; border-radius: 4px; box-shadow: 0 2px 10px #0004 }
#panel.minimized { visibility: hidden }
#panel-label { padding: 4px 10px; border-bottom: 1px solid #c9c9c9; font-weight: 600 }
iframe { display: block; border: 0; max-width: calc(100vw - 40px); max-height: calc(100vh - 160px) }
`;
