import { inTurn, median, report, timeProcess } from "./report.ts";
import { openStage } from "../stage.ts";

/** `cti ready` through a running connector, confirmed by Finesse's event, beside one curl that sends the same PUT and waits for nothing. */
export async function measure(root: string): Promise<void> {
  const stage = await openStage(root, { simulatorArgs: ["--event-delay", "0"] });
  try {
    await stage.run("login", "-a", "1001", "-e", "2001");
    await stage.run("login", "-a", "1002", "-e", "2002");
    const next = { cti: "ready", curl: "READY" };
    const ours = (): Promise<number> => {
      const verb = next.cti;
      next.cti = verb === "ready" ? "not-ready" : "ready";
      return timeProcess([stage.cti, verb, "-a", "1001", "--quiet"], stage.env);
    };
    const theirs = (): Promise<number> => {
      const state = next.curl;
      next.curl = state === "READY" ? "NOT_READY" : "READY";
      return timeProcess(
        [
          "curl",
          "-sS",
          "--fail",
          "--cacert",
          stage.ca,
          "-u",
          "1002:secret",
          "-X",
          "PUT",
          "-H",
          "Content-Type: application/xml",
          "-d",
          `<User><state>${state}</state></User>`,
          `${stage.rest}/finesse/api/User/1002`,
        ],
        stage.env,
      );
    };
    const samples = await inTurn(60, ours, theirs);
    const ratio = median(samples.ours) / median(samples.theirs);
    report(
      "cti ready, confirmed",
      `${median(samples.ours).toFixed(1)} ms`,
      `curl's PUT ${median(samples.theirs).toFixed(1)} ms`,
      `${ratio.toFixed(2)}×`,
      "≤ 2×",
      ratio <= 2,
    );
  } finally {
    await stage.end();
  }
}
