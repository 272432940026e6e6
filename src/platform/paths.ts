import { lstatSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { CtiError } from "../model/errors.ts";

/** The variables that decide where files live; passed in so that tests need no real home. */
export type Environment = Readonly<Record<string, string | undefined>>;

function xdg(environment: Environment, variable: string, fallback: string): string {
  const value = environment[variable];
  // The XDG base directory specification: relative values are to be ignored.
  if (value !== undefined && value.startsWith("/")) return value;
  return join(environment.HOME ?? homedir(), fallback);
}

/** `$XDG_CONFIG_HOME/cti/config.toml`, or the file named by `CTI_CONFIG`. */
export function configFile(environment: Environment): string {
  const named = environment.CTI_CONFIG ?? "";
  return named !== "" ? named : join(xdg(environment, "XDG_CONFIG_HOME", ".config"), "cti", "config.toml");
}

/** `$XDG_STATE_HOME/cti/<profile>`, whether it exists or not: who only reads must not need a place to write. */
export function statePath(environment: Environment, profile: string): string {
  return join(xdg(environment, "XDG_STATE_HOME", ".local/state"), "cti", profile);
}

/** The same for journal, trace, logs, last-known sessions: created 0700 on demand. Throws `config-invalid` where it cannot be. */
export function stateDirectory(environment: Environment, profile: string): string {
  const directory = statePath(environment, profile);
  createPrivately(directory, "state", "XDG_STATE_HOME");
  return directory;
}

function createPrivately(directory: string, what: string, variable: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CtiError(
      {
        code: "config-invalid",
        message: `the ${what} directory ${directory} cannot be made`,
        why: error instanceof Error ? error.message : String(error),
        hint: `set ${variable} to a directory that you can write to`,
      },
      { cause: error },
    );
  }
}

/**
 * `$XDG_RUNTIME_DIR/cti` or `/tmp/cti-$UID`: sockets and locks. Created 0700; refused when it belongs to somebody else or is a link,
 * since another user could have made it first in a world-writable place.
 */
export function runtimeDirectory(environment: Environment): string {
  const uid = process.getuid?.() ?? 0;
  const base = environment.XDG_RUNTIME_DIR;
  const directory = base !== undefined && base.startsWith("/") ? join(base, "cti") : `/tmp/cti-${uid}`;
  createPrivately(directory, "runtime", "XDG_RUNTIME_DIR");
  const found = lstatSync(directory);
  if (
    !found.isDirectory() ||
    (process.getuid !== undefined && found.uid !== uid) ||
    (found.mode & 0o077) !== 0
  ) {
    throw new CtiError({
      code: "config-invalid",
      message: `the runtime directory ${directory} is not a directory of yours that only you can read`,
      hint: `remove it, or set XDG_RUNTIME_DIR to a directory of your own`,
    });
  }
  return directory;
}

/**
 * The runtime directory that systemd removes when this user's last session on the machine ends, or undefined where it stays: another one,
 * another system, or a user who lingers (`loginctl enable-linger`). `exists` answers for a path.
 */
export function removedAtLogout(
  environment: Environment,
  user: { uid: number; username: string },
  exists: (path: string) => boolean,
): string | undefined {
  const base = environment.XDG_RUNTIME_DIR;
  if (base !== `/run/user/${user.uid}` || !exists("/run/systemd/system")) return undefined;
  return exists(`/var/lib/systemd/linger/${user.username}`) ? undefined : base;
}

/** The control socket of a profile's connector. */
export function socketPath(environment: Environment, profile: string): string {
  const path = join(runtimeDirectory(environment), `${profile}.sock`);
  // The kernel cuts sun_path at 108 bytes (104 on macOS): say it before it fails in an unclear way.
  if (Buffer.byteLength(path) > 103) {
    throw new CtiError({
      code: "config-invalid",
      message: `the socket path is too long: ${path}`,
      hint: "set XDG_RUNTIME_DIR to a shorter directory, or use a shorter profile name",
    });
  }
  return path;
}

/** Held by a profile's connector for as long as it lives; whoever holds it owns the socket. */
export function lockPath(environment: Environment, profile: string): string {
  return join(runtimeDirectory(environment), `${profile}.lock`);
}

/** The log of a profile's connector in the background. */
export function connectorLogFile(environment: Environment, profile: string): string {
  return join(stateDirectory(environment, profile), "connector.log");
}
