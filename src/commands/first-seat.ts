import type { ControlClient } from "../control/client.ts";
import { connectControl, ensureConnector } from "../control/client.ts";
import { toCtiError } from "../model/errors.ts";
import { systemClock } from "../platform/clock.ts";
import { type Config, loadConfig } from "../platform/config.ts";
import type { Environment } from "../platform/paths.ts";
import { version } from "../platform/version.ts";

type FirstRunPort = import("../console/first-run/contract.ts").FirstRunPort;
type Seat = import("../console/first-run/contract.ts").Seat;

/** True where nobody says which Finesse, and no connector is there that would know. */
export async function isFirstRun(config: Config, control: Pick<ControlClient, "hello">): Promise<boolean> {
  if (config.settings.finesse.length > 0) return false;
  try {
    await control.hello();
    return false;
  } catch (thrown) {
    return toCtiError(thrown).code === "no-connector";
  }
}

/** A seat at a profile's connector, in some environment. */
export function seatAt(config: Config, environment: Environment, more: Partial<Seat> = {}): Seat {
  const { profile, settings } = config;
  const options = { environment, profile, version };
  return {
    profile,
    agent: settings.agent,
    extension: settings.extension,
    environment,
    control: connectControl({ ...options, patience: 3000 }),
    ensure: () => ensureConnector({ ...options, recordVariables: settings.recordVariables }),
    ...more,
  };
}

/** What the first screens of the console need: Finesse is tried, the profile written, a simulator started, as they ask. */
export function firstRunPort(config: Config, environment: Environment, folder: string): FirstRunPort {
  const { profile, path, settings } = config;
  return {
    profile,
    path,
    probe: async (address, pin, heard, signal) => {
      const [{ finesseProbe }, { readAuthority }] = await Promise.all([
        import("./finesse-probe.ts"),
        import("../platform/session-settings.ts"),
      ]);
      const authorities = await Promise.all(
        settings.ca.map((file) => readAuthority(file, config.origins.ca.label)),
      );
      const probe = finesseProbe({ ca: authorities.map(({ pem }) => pem), resolve: settings.resolve });
      return probe(address, pin ?? settings.pin, heard, signal);
    },
    keep: async ({ address, pin }) => {
      const { writeProfile } = await import("./write-profile.ts");
      await writeProfile(path, { profile, finesse: address, pin });
      const written = await loadConfig({ environment, folder, flags: { profile } });
      return seatAt(written, environment, { signIn: "open" });
    },
    simulator: () => simulatorSeat(environment, folder),
  };
}

/** A simulator with calls, and agent 1001 signed in there; all of it ends with the seat. */
async function simulatorSeat(environment: Environment, folder: string): Promise<Seat> {
  const [{ openSandbox, sandboxAgent }, { playCalls }, { askSimulator }] = await Promise.all([
    import("./sandbox.ts"),
    import("./sandbox-calls.ts"),
    import("../simulator/cli/control-client.ts"),
  ]);
  const sandbox = await openSandbox(environment);
  try {
    const inside = sandbox.environment;
    const config = await loadConfig({ environment: inside, folder });
    const stopCalls = playCalls(
      {
        state: () => askSimulator(sandbox.control, "state"),
        make: ({ name, body }) => askSimulator(sandbox.control, name, body),
      },
      systemClock,
    );
    const seat = seatAt(config, inside, { signIn: sandboxAgent });
    const end = async (): Promise<void> => {
      stopCalls();
      // Its connector first: to that the simulator is Finesse, whose absence it would mind.
      await seat.control.stop({ agents: "leave" }).catch(() => {});
      await sandbox.end();
    };
    return { ...seat, end };
  } catch (error) {
    await sandbox.end();
    throw error;
  }
}
