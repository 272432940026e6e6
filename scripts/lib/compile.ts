import { resolve } from "node:path";
import type { BuildMetafile, BunPlugin } from "bun";

/** ink imports react-devtools-core only when its DEV variable is set; unbundled it would break the binary at start. */
const stubReactDevtools: BunPlugin = {
  name: "stub-react-devtools",
  setup(build) {
    build.onResolve({ filter: /^react-devtools-core$/ }, () => ({
      path: "react-devtools-core",
      namespace: "stub",
    }));
    build.onLoad({ filter: /.*/, namespace: "stub" }, () => ({
      contents: "export default {}",
      loader: "js",
    }));
  },
};

/**
 * Makes one binary of the program, for this machine or for `target` (`bun-darwin-arm64` and the like). Each `import()` becomes a
 * chunk of its own, loaded when it is asked for.
 * @returns what is in which chunk
 * @throws {Error} with the bundler's messages
 */
export async function compile(entry: string, outfile: string, target?: string): Promise<BuildMetafile> {
  const result = await Bun.build({
    entrypoints: [entry],
    target: "bun",
    format: "esm",
    minify: true,
    bytecode: true,
    splitting: true,
    metafile: true,
    throw: false,
    // Without it the binary holds React's development build.
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [stubReactDevtools],
    compile: {
      outfile,
      ...(target !== undefined && { target: target as Bun.Build.CompileTarget }),
      // The folder a user stands in must not be able to change what the binary does.
      autoloadDotenv: false,
      autoloadBunfig: false,
    },
  });
  if (!result.success || result.metafile === undefined) throw new Error(result.logs.join("\n"));
  return result.metafile;
}

/**
 * The modules (the program's entry, or what is loaded by `import()`) that cannot start without one of these packages, by their
 * absolute paths. A package that belongs to the console must not be started by anything else, or every `cti --version` pays for it.
 */
export function whoLoads(metafile: BuildMetafile, packages: readonly string[]): string[] {
  const { outputs } = metafile;
  const wanted = (path: string): boolean =>
    Object.keys(outputs[path]?.inputs ?? {}).some((input) =>
      packages.some((name) => input.includes(`node_modules/${name}/`)),
    );
  const reached = (path: string, seen: Set<string>): Set<string> => {
    if (seen.has(path)) return seen;
    seen.add(path);
    for (const imported of outputs[path]?.imports ?? [])
      if (imported.kind !== "dynamic-import") reached(imported.path, seen);
    return seen;
  };
  return Object.entries(outputs)
    .filter(
      ([path, { entryPoint }]) => entryPoint !== undefined && [...reached(path, new Set())].some(wanted),
    )
    .map(([, { entryPoint }]) => resolve(entryPoint ?? ""))
    .filter((entry) => !entry.includes("/node_modules/"))
    .sort();
}
