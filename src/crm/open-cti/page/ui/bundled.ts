import { bundlePage } from "./bundle.ts" with { type: "macro" };

/** Script and style of the page, as text: put here by the macro. */
export const bundled: { js: string; css: string } = bundlePage();
