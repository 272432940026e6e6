import { readFileSync } from "node:fs";

/**
 * When a process began, in whatever words the system has for it; undefined when there is no such process. Two answers that differ for
 * one pid mean that the pid was given to another process.
 */
export type ProcessIdentity = (pid: number) => string | undefined;

/** Asks the system: /proc where there is one, `ps` elsewhere (macOS). */
export const systemProcessIdentity: ProcessIdentity = (pid) => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    if (Reflect.get(Object(error), "code") !== "EPERM") return undefined;
  }
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
};

function fromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the name in parentheses and may hold spaces; state is the 3rd field, starttime the 22nd.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    // Hidden from us (hidepid), but alive.
    return "unknown";
  }
}

function fromPs(pid: number): string {
  const result = Bun.spawnSync(["ps", "-o", "lstart=", "-p", String(pid)], { stderr: "ignore" });
  const text = result.stdout.toString().trim();
  return text === "" ? "unknown" : text;
}
