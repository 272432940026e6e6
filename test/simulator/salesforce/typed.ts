import { PassThrough } from "node:stream";
import { runCli } from "../../../src/commands/cli.ts";
import { processContext } from "../../../src/commands/context.ts";
import { simCommands } from "../../../src/commands/sim.ts";
import { plain } from "../../../src/platform/terminal.ts";

/** Types `cti sim salesforce …`: words as the shell splits them, or one line of plain ones. */
export async function typed(
  words: string | string[],
  { folder, environment }: { folder: string; environment: Record<string, string> },
): Promise<{ code: number; out: string; err: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const context = {
    ...processContext(),
    env: environment,
    folder,
    stdin,
    stdout,
    stderr,
    paint: { out: plain, err: plain },
  };
  const entry = { name: "sim", group: "Tools" as const, summary: "", load: async () => simCommands };
  const args = typeof words === "string" ? words.split(" ") : words;
  const code = await runCli(["sim", "salesforce", ...args], context, [entry]);
  const read = (stream: PassThrough) => String(stream.read() ?? "");
  return { code, out: read(stdout), err: read(stderr) };
}
