import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "bun:test";

/** The stock client, and what it needs. */
const jars = [
  "activemq-client",
  "activemq-openwire-legacy",
  "geronimo-jms_1.1_spec",
  "geronimo-j2ee-management-1.1-spec",
  "slf4j-api",
  "slf4j-nop",
  "hawtbuf",
].map((name) => `/usr/share/java/${name}.jar`);
const missing = ["javac", "java"].filter((program) => Bun.which(program) === null);
missing.push(...jars.filter((jar) => !existsSync(jar)));

/** False when Java or the stock client is not there, which is said loudly, and is a failure where everything must be tried. */
export const hasStockClient = missing.length === 0;
if (!hasStockClient) {
  process.stderr.write(
    `SKIPPED: the stock client needs ${missing.join(", ")} (apt-get install default-jdk-headless activemq)\n`,
  );
  if (process.env["CI"] === "true")
    test("the stock client is installed", () => {
      throw new Error(`not there: ${missing.join(", ")}`);
    });
}

/** Compiles a program of this folder, gives it `input` and answers what it prints. Rejects with its words when it fails. */
export async function runStock(file: string, mainClass: string, input = ""): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cti-stock-"));
  try {
    const classPath = [...jars, folder].join(":");
    await run(["javac", "-proc:none", "-cp", classPath, "-d", folder, join(import.meta.dir, file)], "");
    return await run(["java", "-XX:TieredStopAtLevel=1", "-cp", classPath, mainClass], input);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(command: string[], input: string): Promise<string> {
  const child = Bun.spawn(command, { stdin: Buffer.from(input), stdout: "pipe", stderr: "pipe" });
  const [out, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${command[0]} exits ${code}: ${errors.slice(0, 2000)}`);
  return out;
}
