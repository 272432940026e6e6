import type { ConnectorLink } from "./state.ts";

/** There is no connector any more that could come back by itself. */
export function hasEnded(link: ConnectorLink): boolean {
  return link.state === "lost" && ["no-connector", "session-lost"].includes(link.error.code);
}
