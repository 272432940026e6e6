import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CtiError } from "../model/errors.ts";
import type { Environment } from "../platform/paths.ts";
import { selfCommand } from "../platform/self-command.ts";

/** A simulator of its own, with a place for a connector beside it: nothing of it is seen outside, nothing is left of it. */
export interface Sandbox {
  /** Of everything that runs in it: no variable of ours from outside, agent 1001 on 2001. */
  environment: Record<string, string>;
  /** URL of the simulator's control API. */
  control: string;
  /** Ends the simulator and removes the place. */
  end(): Promise<void>;
}

/** The agent of the sandbox. */
export const sandboxAgent = { agent: "1001", extension: "2001", password: "secret" } as const;

/** Milliseconds between two looks whether the simulator serves, and until that is given up. */
const look = 20;
const patience = 15_000;

/** Starts a simulator on free ports in a scratch place. Throws `simulator-unreachable` where it does not come up. */
export async function openSandbox(environment: Environment): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), "cti-try-"));
  const ca = join(folder, "ca.pem");
  const ready = join(folder, "ready.json");
  const inside: Record<string, string> = {
    ...ownVariables(environment),
    XDG_RUNTIME_DIR: folder,
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CONFIG_HOME: join(folder, "config"),
  };
  const simulator = Bun.spawn(
    [...selfCommand(), "sim", "--rest-port", "0", "--ca-out", ca, "--ready-file", ready, "--quiet"],
    { env: inside, cwd: "/", stdio: ["ignore", "ignore", "pipe"] },
  );
  const end = async (): Promise<void> => {
    simulator.kill("SIGTERM");
    await simulator.exited;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const until = Date.now() + patience;
    while (!existsSync(ready)) {
      if (simulator.exitCode !== null || Date.now() > until)
        throw await notStarted(simulator.exitCode === null ? undefined : simulator.stderr);
      await Bun.sleep(look);
    }
    // Written by this same program, whole before it is there.
    const { nodes, control } = JSON.parse(readFileSync(ready, "utf8")) as {
      nodes: { rest: string }[];
      control: string;
    };
    return {
      environment: {
        ...inside,
        CTI_FINESSE: nodes[0]?.rest ?? "",
        CTI_CA: ca,
        CTI_AGENT: sandboxAgent.agent,
        CTI_EXTENSION: sandboxAgent.extension,
      },
      control,
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function notStarted(stderr: ReadableStream<Uint8Array> | undefined): Promise<CtiError> {
  const why = stderr === undefined ? "it takes too long" : (await new Response(stderr).text()).trim();
  return new CtiError({
    code: "simulator-unreachable",
    message: "the simulator did not start",
    ...(why !== "" && { why }),
    hint: "see what it says: cti sim --rest-port 0",
  });
}

function ownVariables(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith("CTI_"),
    ),
  );
}
