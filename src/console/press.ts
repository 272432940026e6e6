import type { ConsoleApp } from "./app.ts";
import { allKeys } from "./keys/all-keys.ts";
import type { KeyAction } from "./keys/contract.ts";
import { actionFor, sightOf } from "./keys/match.ts";

/** One key, while no overlay is open. */
export function press(app: ConsoleApp, key: string): void {
  if (app.log.press(key)) return;
  const found = actionFor(key, sightOf(app.store.now), allKeys);
  if (found !== undefined) act(app, found.action);
}

/** Does it, or says why that cannot be done now. */
export function act(app: ConsoleApp, action: KeyAction): void {
  const sight = sightOf(app.store.now);
  const why = action.disabled?.(sight);
  if (why !== undefined)
    return app.perform({
      do: "say",
      message: { level: "warn", text: `${action.label}: ${why}`, hint: undefined },
    });
  const intent = action.intent(sight);
  if (intent !== undefined) app.perform(intent);
}
