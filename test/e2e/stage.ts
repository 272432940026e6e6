import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** The binary that scripts/test has built. */
export const ctiPath = resolve(import.meta.dir, "../../dist/cti");

export interface Ran {
  code: number;
  out: string;
  err: string;
  elapsed: number;
}

export interface StageOptions {
  password?: string;
  simulatorArgs?: string[];
}

/** A scratch home with a simulator of its own on free ports; `cti` is typed as in a shell. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), "cti-e2e-"));
  readonly env: Record<string, string>;
  readonly password: string;
  #simulator: Bun.Subprocess | undefined;
  readonly #simulatorArgs: string[];
  #control = "";

  constructor(options: StageOptions = {}) {
    this.password = options.password ?? "secret";
    this.#simulatorArgs = options.simulatorArgs ?? [];
    this.env = {
      PATH: "/usr/bin:/bin",
      HOME: this.folder,
      XDG_RUNTIME_DIR: this.folder,
      XDG_STATE_HOME: join(this.folder, "state"),
      XDG_CONFIG_HOME: join(this.folder, "config"),
      CTI_PASSWORD: this.password,
      CTI_CA: this.ca,
    };
  }

  get ca(): string {
    return join(this.folder, "ca.pem");
  }

  async open(): Promise<this> {
    const ready = join(this.folder, "r.json");
    this.#simulator = Bun.spawn(
      [
        ctiPath,
        "sim",
        "--rest-port",
        "0",
        "--ca-out",
        this.ca,
        "--ready-file",
        ready,
        "--quiet",
        ...this.#simulatorArgs,
      ],
      {
        env: { ...this.env, CTI_SIM_PASSWORD: this.password },
        cwd: this.folder,
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    while (!existsSync(ready)) {
      if (this.#simulator.exitCode !== null) throw new Error("the simulator did not start");
      await Bun.sleep(5);
    }
    const { nodes, control } = JSON.parse(readFileSync(ready, "utf8")) as {
      nodes: { rest: string }[];
      control: string;
    };
    this.#control = control;
    this.env.CTI_FINESSE = nodes[0]?.rest ?? "";
    return this;
  }

  /** Makes something happen at the simulated Finesse: what `cti sim …` does, without a process for it. */
  async sim(name: string, body: Record<string, unknown>): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.#control}/sim/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`sim ${name}: ${JSON.stringify(answer)}`);
    return answer;
  }

  get simulatorPid(): number {
    return this.#simulator?.pid ?? 0;
  }

  /** Runs `cti` with the words of a command line; `over` changes its environment (undefined removes). */
  async cti(
    line: string | string[],
    over: Record<string, string | undefined> = {},
    input?: string,
  ): Promise<Ran> {
    const words = typeof line === "string" ? line.split(" ").filter((word) => word !== "") : line;
    const env = Object.fromEntries(
      Object.entries({ ...this.env, ...over }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    );
    const started = performance.now();
    const child = Bun.spawn([ctiPath, ...words], {
      env,
      cwd: this.folder,
      stdin: input === undefined ? "ignore" : Buffer.from(input),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [code, out, err] = await Promise.all([
      child.exited,
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { code, out, err, elapsed: performance.now() - started };
  }

  /** As `cti`, but anything other than exit 0 is a failure that shows what was printed. */
  async ok(line: string | string[], over: Record<string, string | undefined> = {}): Promise<Ran> {
    const ran = await this.cti(line, over);
    if (ran.code !== 0) throw new Error(`cti ${String(line)} exits ${ran.code}\n${ran.out}${ran.err}`);
    return ran;
  }

  async json(line: string): Promise<Record<string, unknown>> {
    return JSON.parse((await this.ok(`${line} --json`)).out) as Record<string, unknown>;
  }

  async close(): Promise<void> {
    await this.cti("stop --leave");
    this.#simulator?.kill("SIGTERM");
    await this.#simulator?.exited;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
