import { lstatSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { CtiError } from "../model/errors.ts";

/** Milliseconds for a listener to accept; a local socket needs none of it. */
const acceptWithin = 1000;

/**
 * Makes room for a new socket at `path`: a stale one is removed. The caller holds the profile's lock. Throws `connector-start` when
 * something else is there, or somebody answers.
 */
export async function clearSocket(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new CtiError({
      code: "connector-start",
      message: `${path} is in the way: it is not a socket`,
      hint: "remove it if it is not needed, then try again",
    });
  }
  if (await answers(path)) {
    throw new CtiError({
      code: "connector-start",
      message: `another program answers at ${path}`,
      hint: "end that program, or use another profile: --profile NAME",
    });
  }
  rmSync(path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(acceptWithin, () => finish(true));
    socket.once("connect", () => finish(true));
    socket.once("error", () => finish(false));
  });
}

/** Runs `bind` so that the socket it makes is only ours from its first moment. */
export function withPrivateMask<Result>(bind: () => Result): Result {
  const mask = process.umask(0o177);
  try {
    return bind();
  } finally {
    process.umask(mask);
  }
}
