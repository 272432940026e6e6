import type { ReadStream } from "node:tty";
import type { Writable } from "node:stream";
import { CtiError } from "../model/errors.ts";

/** One step of typing a line without echo. */
export type Typing = { text: string; done: boolean; interrupted: boolean };

const controlC = "\u0003";
const controlD = "\u0004";
const controlU = "\u0015";
const backspaces = ["\u007f", "\b"];

/** Adds what came from the keyboard (possibly several keys at once) to what has been typed. */
export function typeKeys(typed: string, keys: string): Typing {
  let text = typed;
  for (const key of keys) {
    if (key === controlC) return { text: "", done: true, interrupted: true };
    if (key === "\r" || key === "\n" || key === controlD) return { text, done: true, interrupted: false };
    if (key === controlU) text = "";
    // By character, not by UTF-16 unit.
    else if (backspaces.includes(key)) text = [...text].slice(0, -1).join("");
    else if (key >= " ") text += key;
  }
  return { text, done: false, interrupted: false };
}

/** Asks on `output` and reads a line from the terminal `input` without showing it. Ctrl-C throws `interrupted`. */
export async function promptSecret(input: ReadStream, output: Writable, question: string): Promise<string> {
  output.write(question);
  input.setRawMode(true);
  input.setEncoding("utf8");
  input.resume();
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = "";
      const finish = (settle: () => void): void => {
        input.off("data", onData);
        input.off("end", onEnd);
        settle();
      };
      const onEnd = (): void => finish(() => resolve(typed));
      const onData = (keys: string | Buffer): void => {
        const step = typeKeys(typed, keys.toString());
        typed = step.text;
        if (!step.done) return;
        finish(() => {
          if (step.interrupted)
            reject(new CtiError({ code: "interrupted", message: "stopped at the password" }));
          else resolve(typed);
        });
      };
      input.on("data", onData);
      input.on("end", onEnd);
    });
  } finally {
    input.setRawMode(false);
    input.pause();
    output.write("\n");
  }
}
