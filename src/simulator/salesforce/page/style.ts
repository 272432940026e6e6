/** How all pages of the stub look: plain, and nobody's trade dress. */
export const style = `
:root { color-scheme: light; --ink: #1d1d1f; --quiet: #55585c; --line: #c8cacc; --accent: #5b2a86; --ground: #f4f4f2 }
* { box-sizing: border-box }
body { margin: 0; font: 14px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground) }
.stub { background: #6a2c00; color: #fff; padding: 6px 16px; font-weight: 600 }
main { padding: 16px; max-width: 60rem }
h1 { font-size: 20px; margin: 0 0 12px }
button, input, select { font: inherit; padding: 5px 12px; border: 1px solid var(--line); border-radius: 4px; background: #fff; color: inherit }
button { cursor: pointer }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px }
label { display: block; margin: 10px 0 }
.top { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; padding: 8px 16px; background: #fff; border-bottom: 1px solid var(--line) }
.top form { display: flex; gap: 6px }
.top form.search { flex: 1 }
.top .search input { flex: 1; max-width: 28rem }
.address { margin: 10px 16px 0; color: var(--quiet); font: 12px/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
#view { margin: 10px 16px 72px; background: #fff; border: 1px solid var(--line); border-radius: 6px; min-height: 220px }
dl { display: grid; grid-template-columns: 12rem 1fr; gap: 6px 14px; margin: 0 }
dt { color: var(--quiet) }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
ul { margin: 0; padding-left: 1.2rem }
button.link { border: 0; background: none; color: var(--accent); text-decoration: underline; padding: 0; text-align: left }
.bar { position: fixed; inset: auto 0 0 0; display: flex; gap: 12px; align-items: center; padding: 6px 16px; background: #fff; border-top: 1px solid var(--line) }
#click-to-dial { color: var(--quiet) }
#panel { position: fixed; right: 16px; bottom: 48px; background: #fff; border: 1px solid #6f7276; border-radius: 6px; box-shadow: 0 2px 12px #0003; overflow: hidden }
#panel.minimized { opacity: 0; pointer-events: none }
#panel-label { padding: 4px 12px; border-bottom: 1px solid var(--line); font-weight: 600 }
@media (min-width: 56rem) { #view:has(~ #panel:not(.minimized)) { margin-right: 350px } }
iframe { display: block; border: 0; max-width: calc(100vw - 40px); max-height: calc(100vh - 140px) }
`;
