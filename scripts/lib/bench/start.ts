import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inTurn, median, report, timeProcess } from "./report.ts";

/** `cti --version` beside a compiled program that prints one line. */
export async function measure(root: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "cti-bench-"));
  try {
    const source = join(folder, "hello.ts");
    const hello = join(folder, "hello");
    writeFileSync(source, 'process.stdout.write("hello\\n");\n');
    await Bun.build({
      entrypoints: [source],
      target: "bun",
      minify: true,
      bytecode: true,
      format: "esm",
      compile: { outfile: hello },
    });
    const env = { PATH: "/usr/bin:/bin", HOME: folder };
    const { ours, theirs } = await inTurn(
      60,
      () => timeProcess([join(root, "dist/cti"), "--version"], env),
      () => timeProcess([hello], env),
    );
    const ratio = median(ours) / median(theirs);
    report(
      "cti --version",
      `${median(ours).toFixed(1)} ms`,
      `compiled hello world ${median(theirs).toFixed(1)} ms`,
      `${ratio.toFixed(2)}×`,
      "≤ 1.5×",
      ratio <= 1.5,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
