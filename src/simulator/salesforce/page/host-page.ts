import type { SfUser } from "../contract.ts";
import { type Answer, escapeHtml, html, stubPage } from "../http.ts";
import type { HostPage, PageSettings } from "./host.ts";

/** The page as the browser loads it: Lightning's parts that a softphone has to do with, and the frame in the utility bar. */
export function hostPage(
  page: HostPage,
  { base, users, allow }: { base: string; users: readonly SfUser[] } & Pick<PageSettings, "allow">,
): Answer {
  const src = page.frameUrl(base);
  const text = stubPage(
    "Host page",
    bodyOf(page, users, src === undefined ? "" : panel(src, allow)),
    page.id,
  );
  return html(text, 200, {
    "script-src": "'self'",
    "connect-src": "'self'",
    "frame-src": src === undefined ? "'none'" : new URL(src).origin,
  });
}

const bodyOf = ({ user }: HostPage, users: readonly SfUser[], softphone: string) => `<header class="top">
<button type="button" id="home">Home</button>
<form id="search" class="search" role="search"><input id="searched" aria-label="Search" placeholder="Search" minlength="2" required><button>Search</button></form>
<form action="/lightning/page/home"><select name="user" aria-label="User" id="who">${users.map((each) => option(each, each.id === user.id)).join("")}</select><button>Switch</button></form>
</header>
<div class="address" aria-label="Address" id="address"></div>
<main id="view" aria-live="polite"></main>
${softphone}
<footer class="bar"><button type="button" id="utility-phone" aria-expanded="false">Phone</button><span id="click-to-dial"></span></footer>
<script src="/stub/host.js"></script>`;

const option = ({ username, name }: SfUser, selected: boolean) =>
  `<option value="${escapeHtml(username)}"${selected ? " selected" : ""}>${escapeHtml(`${name} (${username})`)}</option>`;

const panel = (src: string, allow: string) => `<section id="panel" aria-label="Softphone">
<div id="panel-label">Phone</div>
<iframe id="softphone" title="Softphone" data-src="${escapeHtml(src)}" allow="${escapeHtml(allow)}"></iframe>
</section>`;
