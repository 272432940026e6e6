import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createHash, X509Certificate } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installed } from "../interop/servers/server.ts";

const programs = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** False says SKIPPED loudly. */
export const hasChromium = installed("chromium", programs);

export interface LaunchOptions {
  /** PEM of certificates that are trusted where a server presents them, authorities or its own. Nothing else is. */
  trust?: string[];
  /** Names that are somewhere else than DNS says, `acme.my.salesforce.com` → `127.0.0.1:8443`. Names of neither list nor loopback do not exist. */
  hosts?: Record<string, string>;
  /** `en-GB` unless told otherwise. */
  language?: string;
  /** Switches of Chromium's command line beside ours. */
  switches?: string[];
}

export interface Launched {
  pid: number;
  folder: string;
  devtools: string;
  /** Resolves when the process has ended. */
  exited: Promise<number>;
  kill(): void;
  /** Removes what it has left behind; only once it has ended. */
  clean(): void;
}

/** Starts a Chromium without a window, with a profile of its own. Throws with what it wrote when it does not come up. */
export async function launch(options: LaunchOptions = {}): Promise<Launched> {
  const program = programs.find((path) => existsSync(path));
  if (program === undefined) throw new Error("chromium is not installed");
  const folder = mkdtempSync(join(tmpdir(), "cti-browser-"));
  mkdirSync(join(folder, "profile"));
  const child = Bun.spawn([program, ...switches(folder, options)], {
    cwd: folder,
    env: { PATH: "/usr/bin:/bin", HOME: folder, TMPDIR: folder, LANG: "C.UTF-8", TZ: "UTC" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const clean = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const devtools = await address(child.stderr);
  if (!devtools.startsWith("ws:")) {
    child.kill("SIGKILL");
    await child.exited;
    clean();
    throw new Error(`chromium does not start:\n${devtools}`);
  }
  return { pid: child.pid, folder, devtools, exited: child.exited, kill: () => child.kill("SIGKILL"), clean };
}

function switches(
  folder: string,
  { trust = [], hosts = {}, language = "en-GB", switches: more = [] }: LaunchOptions,
): string[] {
  const rules = [
    ...Object.entries(hosts).map(([name, at]) => `MAP ${name} ${at}`),
    "MAP * ~NOTFOUND",
    "EXCLUDE localhost",
    "EXCLUDE 127.0.0.1",
    "EXCLUDE [::1]",
  ];
  const keys = trust.flatMap(certificatesOf).map(keyHash);
  return [
    "--headless=new",
    "--window-size=1280,900",
    "--remote-debugging-port=0",
    `--user-data-dir=${join(folder, "profile")}`,
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    // A container's /dev/shm may be too small for it.
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--password-store=basic",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    `--lang=${language}`,
    `--host-resolver-rules=${rules.join(", ")}`,
    ...(keys.length === 0 ? [] : [`--ignore-certificate-errors-spki-list=${keys.join(",")}`]),
    // Chromium's sandbox does not work for root.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ...more,
    "about:blank",
  ];
}

function certificatesOf(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

function keyHash(pem: string): string {
  const key = new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(key).digest("base64");
}

/** Where DevTools listens; all that it wrote when it ends without. */
async function address(stderr: ReadableStream<Uint8Array>): Promise<string> {
  const found = Promise.withResolvers<string>();
  void (async () => {
    let written = "";
    // Read to the end: a full pipe would stop it.
    for await (const piece of stderr) {
      written = (written + Buffer.from(piece).toString()).slice(-20_000);
      const url = /DevTools listening on (ws:\S+)/.exec(written)?.[1];
      if (url !== undefined) found.resolve(url);
    }
    found.resolve(written);
  })();
  return found.promise;
}
