import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { CtiError } from "../model/errors.ts";
import type { UnattendedAction } from "../model/events.ts";
import type { SessionSettings, SiteSettings } from "../model/settings.ts";
import type { Config, SettingName } from "./config.ts";
import { settingNames, settingRules } from "./config-settings.ts";

/**
 * All a session needs, complete: certificate files are read here, in the face, whose directory and rights are the user's.
 * Throws `usage` for what is missing, `config-invalid` for a certificate file that is none.
 */
export async function sessionSettings(config: Config): Promise<SessionSettings> {
  const { settings } = config;
  checkFinesse(config);
  const agent = settings.agent ?? fail("agent", "which agent to sign in", "1001");
  const extension = settings.extension ?? fail("extension", `the extension of agent ${agent}`, "2001");
  return {
    agent,
    extension,
    // Who signs in by a command and closes the shell means to stay; consoles and CRMs bring a rule of their own (design §2).
    ...(await siteSettings(config, "keep")),
    ...(settings.mobile !== undefined && { mobileAgent: settings.mobile }),
    ...(settings.device !== undefined && { activeDeviceId: settings.device }),
    flags: typedFlags(config),
  };
}

/** What all sessions of a profile have in common. Throws as `sessionSettings` does. `then`: where the profile has no rule for the unattended. */
export async function siteSettings(config: Config, then: UnattendedAction): Promise<SiteSettings> {
  checkFinesse(config);
  const { settings } = config;
  return {
    finesse: settings.finesse,
    ca: await Promise.all(settings.ca.map((path) => readAuthority(path, config.origins.ca.label))),
    ...(settings.pin !== undefined && { pin: settings.pin }),
    insecure: settings.insecure,
    resolve: settings.resolve,
    ...(settings.transport !== undefined && { transport: settings.transport }),
    unattended: { then: settings.unattendedThen ?? then, after: settings.unattendedAfter },
    defaultReasons: {
      ...(settings.notReadyReason !== undefined && { notReady: settings.notReadyReason }),
      ...(settings.logoutReason !== undefined && { logout: settings.logoutReason }),
    },
    timeout: settings.timeout,
  };
}

function checkFinesse({ settings, origins }: Config): void {
  if (settings.finesse.length === 0)
    throw missing("finesse", "which Finesse to sign in to", "https://HOST:8445");
  if (settings.insecure && (settings.pin !== undefined || settings.ca.length > 0)) {
    // Whoever wrote a trust anchor means it; silently dropping it would be the worst reading.
    throw new CtiError({
      code: origins.insecure.kind === "flag" ? "usage" : "config-invalid",
      message: `${origins.insecure.label} switches certificate checks off, but a ${settings.pin === undefined ? "ca" : "pin"} is given too`,
      hint: "leave one of them out",
    });
  }
}

/** What was typed and stands neither in the environment nor in the file; paths are absolute by now. */
function typedFlags({ settings, origins }: Config): string[] {
  return settingNames.flatMap((name) => {
    const { flag } = settingRules[name];
    if (origins[name].kind !== "flag" || flag === undefined || ownPlace.has(name)) return [];
    const value = settings[name];
    if (value === true) return [flag];
    const values = Array.isArray(value) ? value : [value];
    return values.flatMap((each) =>
      typeof each === "object" ? [flag, `${each.mode}:${each.dialNumber}`] : [flag, String(each)],
    );
  });
}

/** Named by every hint anyway, or of no weight for the next sign-in. */
const ownPlace: ReadonlySet<SettingName> = new Set(["agent", "extension", "timeout"]);

function fail(name: SettingName, what: string, example: string): never {
  throw missing(name, what, example);
}

function missing(name: SettingName, what: string, example: string): CtiError {
  const { flag, variable, key } = settingRules[name];
  return new CtiError({
    code: "usage",
    message: `nobody said ${what}`,
    hint: `give ${flag ?? key.join(".")} ${example}, set ${variable}, or write ${key.join(".")} = "${example}" in the configuration file`,
  });
}

/** A file of PEM certificates. Throws `config-invalid` when it is missing, holds none, or one is broken. */
export async function readAuthority(path: string, origin: string): Promise<{ path: string; pem: string }> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new CtiError(
      {
        code: "config-invalid",
        message: `the certificate authority file ${path} (${origin}) cannot be read`,
        why: error instanceof Error ? error.message : String(error),
        hint: "name the PEM file of Finesse's certificate authority; cti sim writes its own with --ca-out FILE",
      },
      { cause: error },
    );
  }
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) {
    const key = text.includes("PRIVATE KEY-----");
    throw new CtiError({
      code: "config-invalid",
      message: `${path} (${origin}) holds no PEM certificate`,
      ...(key && { why: "it holds a private key" }),
      hint: "a PEM certificate begins with -----BEGIN CERTIFICATE-----; from DER: openssl x509 -inform der -in FILE -out FILE.pem",
    });
  }
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block);
    } catch (error) {
      throw new CtiError(
        {
          code: "config-invalid",
          message: `certificate ${index + 1} of ${path} (${origin}) is broken`,
          why: error instanceof Error ? error.message : String(error),
          hint: "copy the certificate again, whole lines and all",
        },
        { cause: error },
      );
    }
  }
  // Only the certificates travel on: a key pasted beside them is nobody's business.
  return { path, pem: `${blocks.join("\n")}\n` };
}
