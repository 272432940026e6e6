import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Connection } from "../../src/openwire/index.ts";
import { until } from "../crm/generic-connector/office.ts";
import { type Broker, hasActiveMq, startBroker } from "../interop/servers/activemq.ts";
import { fakeControl, type Ran, run, type RunOptions } from "./harness.ts";

export let broker: Broker;
export let folder: string;

/** A broker that lets nobody but `crm` in, and a scratch folder. */
export async function openStage(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), "cti-gc-"));
  if (hasActiveMq) broker = await startBroker({ users: { crm: "at-the-broker" } });
}

export async function closeStage(): Promise<void> {
  await broker?.end();
  await rm(folder, { recursive: true });
}

/** What the fake says when an agent is made ready. */
export const ready = ["1001#State#READY#-1####Ayesha Khan#1001#2001"];

interface Request {
  type: string;
  body: string | null;
}

/** A Generic Connector that answers as the test says. */
export class FakeGc implements AsyncDisposable {
  readonly requests: Request[] = [];
  private constructor(readonly connection: Connection) {}

  static async start(queue: string, answers: Record<string, string[]>): Promise<FakeGc> {
    const connection = await connect(broker.url, { username: "crm", password: "at-the-broker" });
    const gc = new FakeGc(connection);
    const session = await connection.session();
    const consumer = await session.consume(`queue://${queue}`);
    let destination = "desk";
    consumer.listen(async ({ type, text }) => {
      gc.requests.push({ type: type ?? "", body: text });
      if (type?.startsWith("Connect#") === true) destination = text?.split(",")[0] ?? destination;
      for (const line of answers[type ?? ""] ?? []) await session.send(`topic://${destination}`, line);
    });
    return gc;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.connection.close();
  }
}

let number = 0;
/** Runs `cti gc …` at the broker, with a queue of its own. */
export async function gc(
  args: string[],
  { answers = {}, ...options }: RunOptions & { answers?: Record<string, string[]> } = {},
): Promise<Ran & { requests: Request[] }> {
  const queue = `Gc.${(number += 1)}`;
  await using fake = await FakeGc.start(queue, answers);
  const ran = await run(
    ["gc", ...args, "--queue", queue, "-d", "desk", "--broker", broker.url, "--username", "crm"],
    fakeControl(),
    { ...options, folder, env: { CTI_GC_BROKER_PASSWORD: "at-the-broker", ...options.env } },
  );
  // The broker has it when the command ends; the connector a moment later.
  if (ran.exitCode === 0) await until(() => fake.requests.length > 0);
  return { ...ran, requests: fake.requests };
}

export async function script(...lines: string[]): Promise<string> {
  const name = `script-${(number += 1)}.gc`;
  await writeFile(join(folder, name), lines.join("\n"));
  return name;
}
