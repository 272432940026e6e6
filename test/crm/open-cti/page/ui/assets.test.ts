import { expect, test } from "bun:test";
import { softphoneAssets } from "../../../../../src/crm/open-cti/page/ui/assets.ts";

test("the page is whole, small, and needs nobody else", async () => {
  const { js, css, html } = await softphoneAssets();
  expect(js.text.length).toBeLessThan(300_000);
  expect(css.text.length).toBeLessThan(12_000);
  // React's development build: twice the size.
  expect(js.text).not.toContain("Each child in a list should have a unique");
  // No sources, no folders of whoever built it.
  expect(js.text).not.toContain(import.meta.dir.slice(0, 12));
  expect(css.text).not.toMatch(/url\(|@import/);
  const page = html({ script: undefined });
  expect(page).not.toContain("cti-open-cti");
  const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? "");
  expect(loaded.filter((address) => !address.startsWith("data:"))).toEqual([css.path, js.path]);
  // Under a strict policy nothing may stand in the page itself.
  expect(page).not.toMatch(/<style|<script>| style=| on[a-z]+=/);
});

test("the org's script is told as text, whatever it is", async () => {
  const { html } = await softphoneAssets();
  expect(html({ script: 'https://x/"><script>alert(1)</script>' })).not.toContain("<script>alert");
  expect(html({ script: "https://my.salesforce.com/a.js?x=1&y=2" })).toContain(
    'content="https://my.salesforce.com/a.js?x=1&#38;y=2"',
  );
});
