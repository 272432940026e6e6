import { version } from "./platform/version.ts";

// Everything else is loaded on demand: `--version` and the connector's own processes must not pay for the command line.
const args = process.argv.slice(2);

switch (args[0]) {
  case "--version":
  case "-V":
    // Not process.stdout: making that stream costs more than all the rest of this run.
    console.log(version);
    break;
  case "__guardian": {
    const { runGuardian } = await import("./connector/guardian.ts");
    await runGuardian(args.slice(1));
    break;
  }
  case "__worker": {
    const { runWorker } = await import("./connector/worker.ts");
    await runWorker(args.slice(1));
    break;
  }
  default: {
    const { runCommandLine } = await import("./commands/main.ts");
    await runCommandLine(args);
  }
}
