import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installed } from "./server.ts";

const jars = "/usr/share/java";

/** The stock client's jars, as Debian's package brings them. */
export const classPath = [
  "activemq-client",
  "activemq-openwire-legacy",
  "geronimo-jms_1.1_spec",
  "geronimo-j2ee-management-1.1-spec",
  "hawtbuf",
  "slf4j-api",
  "slf4j-nop",
]
  .map((name) => join(jars, `${name}.jar`))
  .join(":");

export const hasJava =
  installed("default-jdk-headless", ["/usr/bin/javac"]) &&
  installed("activemq", [join(jars, "activemq-client.jar")]);

/** Compiles the sources of a folder; the classes of the same sources are kept between runs. Answers their folder. */
export async function compileJava(folder: string): Promise<string> {
  const sources = (await readdir(folder)).filter((name) => name.endsWith(".java")).sort();
  const hash = new Bun.CryptoHasher("sha256");
  for (const name of sources) hash.update(name).update(await readFile(join(folder, name)));
  const target = join(tmpdir(), `cti-java-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(target)) return target;
  // Two tests may compile the same at once: each into its own place, the first one wins.
  const own = `${target}.${process.pid}.${crypto.randomUUID().slice(0, 8)}`;
  await mkdir(own, { recursive: true });
  const javac = Bun.spawn(
    [
      "javac",
      "-encoding",
      "UTF-8",
      "-cp",
      classPath,
      "-d",
      own,
      ...sources.map((name) => join(folder, name)),
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const [code, words] = await Promise.all([javac.exited, new Response(javac.stderr).text()]);
  if (code !== 0) throw new Error(`javac exits ${code}:\n${words}`);
  await rename(own, target).catch(() => rm(own, { recursive: true, force: true }));
  return target;
}

/** A running Java program that speaks in lines. */
export interface JavaProgram {
  readonly pid: number;
  /** Called with every line of standard output from now on. */
  onLine(take: (line: string) => void): void;
  write(line: string): void;
  end(): Promise<void>;
}

/** Starts `main` of compiled classes. Nothing that is secret may be among the arguments: write it. */
export function startJava(classes: string, main: string, args: readonly string[] = []): JavaProgram {
  const child = Bun.spawn(
    [
      "java",
      "-Xmx128m",
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1",
      "-Dfile.encoding=UTF-8",
      "-cp",
      `${classPath}:${classes}`,
      main,
      ...args,
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const takers: ((line: string) => void)[] = [];
  const early: string[] = [];
  const reading = (async () => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const piece of child.stdout) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (takers.length === 0) early.push(line);
        for (const take of takers) take(line);
      }
    }
  })();
  return {
    pid: child.pid,
    onLine: (take) => {
      for (const line of early.splice(0)) take(line);
      takers.push(take);
    },
    write: (line) => {
      void child.stdin.write(`${line}\n`);
      void child.stdin.flush();
    },
    end: async () => {
      child.kill("SIGKILL");
      await Promise.all([child.exited, reading]);
    },
  };
}
