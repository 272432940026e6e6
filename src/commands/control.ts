import type { ControlClient, ControlOptions } from "../control/client.ts";
import type { Environment } from "../platform/paths.ts";
import { version } from "../platform/version.ts";

/** What commands ask of a connector; tests pass a fake. */
export type Control = Pick<
  ControlClient,
  | "status"
  | "adapters"
  | "askAdapter"
  | "deliveries"
  | "retryDeliveries"
  | "discardDeliveries"
  | "login"
  | "command"
  | "reasons"
  | "phoneBook"
  | "callLayouts"
  | "queues"
  | "team"
  | "events"
  | "eventPage"
  | "stop"
>;

/** How a command finds its connector. */
export interface ControlAccess {
  /** The client of a profile's connector; its calls throw `no-connector` when none runs. */
  connect(profile: string): Promise<Control>;
  /** The same, started in the background when none runs; `recordVariables` is for the started one. */
  ensure(profile: string, recordVariables: boolean): Promise<Control>;
}

/** The real thing, loaded when a command needs it. `onNotice` is told of a connector of another version. */
export function processControl(environment: Environment, onNotice: (notice: string) => void): ControlAccess {
  const options = (profile: string): ControlOptions => ({ environment, profile, version, onNotice });
  return {
    connect: async (profile) => (await import("../control/client.ts")).connectControl(options(profile)),
    ensure: async (profile, recordVariables) => {
      const { ensureConnector } = await import("../control/client.ts");
      return ensureConnector({ ...options(profile), recordVariables });
    },
  };
}
