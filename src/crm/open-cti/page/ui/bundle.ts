/**
 * Runs while Bun reads the program, as a macro: in development and tests each time `bundled.ts` is loaded, in the binary once, when it is
 * built. A macro may not call Bun.build itself, hence the program of its own; it takes some 60 ms.
 */
export function bundlePage(): { js: string; css: string } {
  return { js: bundled("main.tsx"), css: bundled("page.css") };
}

function bundled(entry: string): string {
  const made = Bun.spawnSync(
    [
      process.execPath,
      "build",
      `${import.meta.dir}/${entry}`,
      "--target=browser",
      "--format=iife",
      "--production",
    ],
    // `bun test` says NODE_ENV=test, and React would come as its development build.
    { env: { ...process.env, NODE_ENV: "production" }, stdout: "pipe", stderr: "pipe" },
  );
  if (made.exitCode !== 0) throw new Error(`the softphone page cannot be bundled: ${made.stderr.toString()}`);
  return made.stdout.toString();
}
