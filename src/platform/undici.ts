/**
 * The parts of undici that are used, and the only place that names it. Never from "undici": Bun answers that name with a stub whose
 * Agent ignores certificates, pins and time-outs without an error.
 */
export { Agent, buildConnector, request, WebSocket } from "undici/index.js";
export type { Dispatcher } from "undici/index.js";
