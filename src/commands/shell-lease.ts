import { readFileSync, readlinkSync } from "node:fs";
import type { LoginRequest } from "../control/contract.ts";

export type ShellLease = NonNullable<LoginRequest["lease"]>;

/** What the system tells of a process; replaced in tests. */
export interface ProcessFacts {
  pid: number;
  parent: number;
  /** The session leader's pid, where the system says it. */
  sessionLeader: number | undefined;
  /** `pts/3`, where there is a terminal. */
  terminal: string | undefined;
}

/**
 * The lease of the shell that signs in. A login shell leads its terminal's session and stays when a script in it ends, so the leader is
 * the one whose end means that nobody is there any more; without one (cron, a container) it is the parent.
 */
export function shellLease(facts: ProcessFacts): ShellLease {
  const { sessionLeader, pid, parent, terminal } = facts;
  const holder =
    sessionLeader === undefined || sessionLeader <= 1 || sessionLeader === pid ? parent : sessionLeader;
  return {
    id: `shell-${holder}`,
    kind: "shell",
    label: `shell ${holder}${terminal === undefined ? "" : ` on ${terminal}`}`,
    pid: holder,
  };
}

/** The facts of this process. Linux tells them in /proc; elsewhere the parent has to do. */
export function processFacts(): ProcessFacts {
  return {
    pid: process.pid,
    parent: process.ppid,
    sessionLeader: sessionLeader(),
    terminal: terminalName(),
  };
}

function sessionLeader(): number | undefined {
  try {
    // The second field is a name in parentheses which may hold anything, so count from its end: state, ppid, pgrp, session.
    const stat = readFileSync("/proc/self/stat", "utf8");
    const leader = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
    return Number.isInteger(leader) && leader > 0 ? leader : undefined;
  } catch {
    return undefined;
  }
}

function terminalName(): string | undefined {
  for (const descriptor of [0, 2, 1]) {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`);
      if (/^\/dev\/(pts\/|tty)/.test(target)) return target.slice("/dev/".length);
    } catch {
      // No /proc, or a descriptor that is closed: then the label goes without.
    }
  }
  return undefined;
}
