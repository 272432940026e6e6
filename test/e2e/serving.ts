import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectControl } from "../../src/control/client.ts";
import type { CtiEvent } from "../../src/model/events.ts";
import { version } from "../../src/platform/version.ts";
import { ctiPath, type Ran, type Stage } from "./stage.ts";

/** A `cti serve` beside a stage's simulator, with directories of its own: several of them are several connectors. */
export class Serving {
  readonly name: string;
  readonly env: Record<string, string>;
  readonly #stage: Stage;
  #guardian: Bun.Subprocess<"ignore", "pipe", "pipe"> | undefined;
  /** What it wrote to its log. */
  log = "";

  constructor(stage: Stage, name: string, adapter: Record<string, unknown>, table = "generic-connector") {
    this.name = name;
    this.#stage = stage;
    const folder = join(stage.folder, name);
    for (const directory of ["", "state", "config", "config/cti"])
      mkdirSync(join(folder, directory), { recursive: true, mode: 0o700 });
    this.env = {
      ...stage.env,
      XDG_RUNTIME_DIR: folder,
      XDG_STATE_HOME: join(folder, "state"),
      XDG_CONFIG_HOME: join(folder, "config"),
    };
    const lines = Object.entries(adapter).map(([key, value]) => `${key} = ${toml(value)}`);
    writeFileSync(
      join(folder, "config/cti/config.toml"),
      [
        "[profiles.default]",
        `finesse = ${toml(stage.env.CTI_FINESSE ?? "")}`,
        `ca = ${toml(stage.ca)}`,
        `[profiles.default.adapters.${table}]`,
        ...lines,
        "",
      ].join("\n"),
    );
  }

  async start(extra: Record<string, string> = {}): Promise<this> {
    const { CTI_PASSWORD: _password, ...env } = this.env;
    const guardian = Bun.spawn([ctiPath, "serve", "--json"], {
      env: { ...env, ...extra },
      cwd: this.#stage.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#guardian = guardian;
    void (async () => {
      for await (const piece of guardian.stderr) this.log += Buffer.from(piece).toString();
    })();
    const first = await guardian.stdout.getReader().read();
    if (first.done) throw new Error(`cti serve did not start:\n${this.log}`);
    await this.until(({ adapters }) => adapters.every(({ state }) => state === "up"));
    return this;
  }

  cti(line: string | string[], over: Record<string, string | undefined> = {}): Promise<Ran> {
    return this.#stage.cti(line, { ...this.env, ...over });
  }

  async ok(line: string): Promise<Ran> {
    const ran = await this.cti(line);
    if (ran.code !== 0) throw new Error(`cti ${line} exits ${ran.code}\n${ran.out}${ran.err}`);
    return ran;
  }

  /** Asks until the connector's status is so; the last answer. */
  async until(fits: (status: ServingStatus) => boolean): Promise<ServingStatus> {
    const end = Date.now() + 15_000;
    for (;;) {
      const ran = await this.cti("status --json");
      const status = ran.out === "" ? undefined : (JSON.parse(ran.out) as ServingStatus);
      if (status !== undefined && fits(status)) return status;
      if (Date.now() > end) throw new Error(`it never came to that:\n${ran.out}${ran.err}\n${this.log}`);
      await Bun.sleep(50);
    }
  }

  /** One page of events, asked of the connector itself. */
  async page(query: Record<string, string>): Promise<{ events: CtiEvent[]; more: boolean }> {
    const control = connectControl({ environment: this.env, profile: "default", version });
    return control.eventPage(query);
  }

  /** Guardian and worker at once, as when a machine dies. */
  async kill(): Promise<void> {
    const { workerPid } = await this.until(() => true);
    this.#guardian?.kill("SIGKILL");
    process.kill(workerPid, "SIGKILL");
    await this.#guardian?.exited;
  }

  async end(): Promise<void> {
    this.#guardian?.kill("SIGTERM");
    await this.#guardian?.exited;
  }
}

export interface ServingStatus {
  workerPid: number;
  deliveries: { owed: number; missed: number };
  agents: { agent: string; state: { state: string }; calls: { id: string; state: string }[] }[];
  adapters: {
    adapter: string;
    state: string;
    summary: string;
    clients: { name: string; agents: string[] }[];
  }[];
}

function toml(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, inner]) => `${key} = ${toml(inner)}`);
  return `{ ${members.join(", ")} }`;
}
