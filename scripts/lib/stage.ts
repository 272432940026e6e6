import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The built binary with a simulator and a scratch home of its own. */
export interface Stage {
  cti: string;
  env: Record<string, string>;
  /** REST origin of the simulator. */
  rest: string;
  ca: string;
  folder: string;
  simulatorPid: number;
  /** Makes something happen in the simulator, by its HTTP control API. */
  sim(operation: string, body: unknown): Promise<unknown>;
  run(...args: string[]): Promise<string>;
  end(): Promise<void>;
}

export interface StageOptions {
  simulatorArgs?: string[];
  /** Added to the environment of everything that runs on the stage. */
  env?: Record<string, string>;
}

/** Makes a folder, starts the simulator in it, and points the binary at it by its environment. Nothing outside is touched. */
export async function openStage(root: string, options: StageOptions = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "cti-stage-"));
  const cti = join(root, "dist/cti");
  const ca = join(folder, "ca.pem");
  const ready = join(folder, "ready.json");
  const env: Record<string, string> = {
    PATH: "/usr/bin:/bin",
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CONFIG_HOME: join(folder, "config"),
    CTI_PASSWORD: "secret",
    CTI_CA: ca,
    ...options.env,
  };
  const simulator = Bun.spawn(
    [
      cti,
      "sim",
      "--rest-port",
      "0",
      "--xmpp-port",
      "0",
      "--bosh-port",
      "0",
      "--ca-out",
      ca,
      "--ready-file",
      ready,
      "--quiet",
      ...(options.simulatorArgs ?? []),
    ],
    { env, stdio: ["ignore", "ignore", "inherit"] },
  );
  while (!existsSync(ready)) {
    if (simulator.exitCode !== null) throw new Error("the simulator did not start");
    await Bun.sleep(10);
  }
  const { nodes, control } = JSON.parse(readFileSync(ready, "utf8")) as {
    nodes: { rest: string }[];
    control: string;
  };
  const rest = nodes[0]?.rest ?? "";
  env.CTI_FINESSE = rest;
  const run = async (...args: string[]): Promise<string> => {
    const child = Bun.spawn([cti, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    const [code, out, err] = await Promise.all([
      child.exited,
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    if (code !== 0) throw new Error(`cti ${args.join(" ")} exits ${code}: ${err}`);
    return out;
  };
  return {
    cti,
    env,
    rest,
    ca,
    folder,
    simulatorPid: simulator.pid,
    sim: async (operation, body) => {
      const response = await fetch(`${new URL(control).origin}/sim/${operation}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`sim ${operation}: ${await response.text()}`);
      return response.json();
    },
    run,
    end: async () => {
      await run("stop", "--leave").catch(() => "");
      simulator.kill("SIGTERM");
      await simulator.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
