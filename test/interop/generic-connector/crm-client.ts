import { join } from "node:path";
import { compileJava, type JavaProgram, startJava } from "../servers/java.ts";

export interface CrmClientOptions {
  /** The stock client's own form: `failover:(tcp://…)?randomize=false`. */
  url: string;
  queue?: string;
  destination: string;
}

/** A CRM on the stock Java client, which knows the protocol's description and nothing of ours. */
export class CrmClient {
  readonly destination: string;
  readonly #program: JavaProgram;
  /** Events so far, in order. */
  readonly events: string[] = [];
  /** Everything it said: events, INTERRUPTED, RECOVERED… */
  readonly lines: string[] = [];
  #waiters: { fits: (line: string) => boolean; from: number; resolve: (line: string) => void }[] = [];

  private constructor(destination: string, program: JavaProgram) {
    this.destination = destination;
    this.#program = program;
    program.onLine((line) => {
      this.lines.push(line);
      if (line.startsWith("EVENT ")) this.events.push(line.slice(6));
      this.#waiters = this.#waiters.filter(({ fits, resolve }) => {
        if (!fits(line)) return true;
        resolve(line);
        return false;
      });
    });
  }

  static async start({ url, queue = "Connector1", destination }: CrmClientOptions): Promise<CrmClient> {
    const classes = await compileJava(join(import.meta.dir, "java"));
    const client = new CrmClient(destination, startJava(classes, "CrmClient", [url, queue, destination]));
    await client.line((line) => line === "READY");
    return client;
  }

  send(type: string, body?: string): void {
    this.#program.write(`send ${type}${body === undefined ? "" : ` ${body}`}`);
  }

  command(line: string): void {
    this.#program.write(line);
  }

  /** A line that fits: one that has come since `from` lines, or the next. Rejects, with what came instead, after 15 s. */
  line(fits: (line: string) => boolean, from = 0): Promise<string> {
    const already = this.lines.slice(from).find(fits);
    if (already !== undefined) return Promise.resolve(already);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const timer = setTimeout(
      () => reject(new Error(`it never came; the last lines:\n${this.lines.slice(-15).join("\n")}`)),
      15_000,
    );
    this.#waiters.push({
      fits,
      from,
      resolve: (line) => {
        clearTimeout(timer);
        resolve(line);
      },
    });
    return promise;
  }

  /** The fields of an event that begins so: `1001#State#READY`. */
  async event(start: string, from = 0): Promise<string[]> {
    const line = await this.line((candidate) => candidate.startsWith(`EVENT ${start}`), from);
    return line.slice(6).split("#");
  }

  end(): Promise<void> {
    return this.#program.end();
  }
}
