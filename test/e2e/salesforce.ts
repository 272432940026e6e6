import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Complaint, Pop, TaskView } from "../../src/simulator/salesforce/contract.ts";
import type { SalesforceAnswers } from "../../src/simulator/salesforce/control-api.ts";
import { ctiPath, type Stage } from "./stage.ts";

interface Ready {
  url: string;
  control: string;
  script: string;
}

/** `cti sim salesforce` beside a stage's simulated Finesse. */
export class SalesforceProcess {
  readonly url: string;
  /** Address of its opencti_min.js. */
  readonly script: string;
  readonly #control: string;
  readonly #child: Bun.Subprocess;

  private constructor(child: Bun.Subprocess, { url, control, script }: Ready) {
    this.#child = child;
    this.#control = control;
    this.url = url;
    this.script = script;
  }

  static async start(stage: Stage, ...more: string[]): Promise<SalesforceProcess> {
    const ready = join(stage.folder, "salesforce.json");
    const child = Bun.spawn(
      [
        ctiPath,
        "sim",
        "salesforce",
        "--port",
        "0",
        "--control-port",
        "0",
        "--quiet",
        "--ready-file",
        ready,
        ...more,
      ],
      { env: stage.env, cwd: stage.folder, stdio: ["ignore", "ignore", "inherit"] },
    );
    while (!existsSync(ready)) {
      if (child.exitCode !== null) throw new Error("the simulated Salesforce did not start");
      await Bun.sleep(5);
    }
    return new SalesforceProcess(child, JSON.parse(readFileSync(ready, "utf8")) as Ready);
  }

  async tasks(): Promise<TaskView[]> {
    return (await this.get("tasks")).tasks;
  }

  async pops(): Promise<Pop[]> {
    return (await this.get("pops")).pops;
  }

  async complaints(): Promise<Complaint[]> {
    return (await this.get("complaints")).complaints;
  }

  /** Asks until the answer is something other than undefined or false. */
  async until<T>(question: () => Promise<T | undefined | false>, what = String(question)): Promise<T> {
    const end = Date.now() + 15_000;
    for (;;) {
      const answer = await question();
      if (answer !== undefined && answer !== false) return answer;
      if (Date.now() > end)
        throw new Error(
          `it never came to ${what}:\n${JSON.stringify([await this.tasks(), await this.pops(), await this.complaints()], undefined, 1)}`,
        );
      await Bun.sleep(30);
    }
  }

  /** Frames this softphone from now on. */
  softphone(url: string): Promise<unknown> {
    return this.post("softphone", { url });
  }

  /** What `cti sim salesforce …` does, without a process for it. */
  async post(what: string, body: Record<string, unknown>): Promise<unknown> {
    const response = await fetch(`${this.#control}/salesforce/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`salesforce ${what}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  async end(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.exited;
  }

  async get<What extends keyof SalesforceAnswers>(what: What): Promise<SalesforceAnswers[What]> {
    return (await (await fetch(`${this.#control}/salesforce/${what}`)).json()) as SalesforceAnswers[What];
  }
}
