import type { KeyAction } from "./contract.ts";
import { keyTable } from "./table.ts";
import { viewKeys } from "./view-keys.ts";

/** Every key, the views' own first: what `?`, `:`, the footer, the configuration and `cti help keys` know. */
export const allKeys: readonly KeyAction[] = [...viewKeys, ...keyTable];
