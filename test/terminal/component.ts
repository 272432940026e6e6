import { PassThrough, Writable } from "node:stream";
import chalk from "chalk";
import { type Instance, type RenderOptions, render } from "ink";
import type { ReactNode } from "react";
import { type ScreenOptions, ScreenStage } from "./screen-stage.ts";

// It has looked at the terminal of the test runner, which may be none. What a TERM of xterm-256color comes to.
chalk.level = 2;

export interface ComponentOptions extends ScreenOptions {
  /** How it is rendered; as the console is, unless told otherwise. */
  render?: Omit<RenderOptions, "stdin" | "stdout" | "stderr">;
}

/**
 * Ink components in this very process, before a terminal that is not there: no start of a program to wait for, and what they draw
 * from can be handed to them. What belongs to the process (signals, crashes, the terminal's modes) is for TerminalStage.
 */
export class ComponentStage extends ScreenStage {
  readonly #input = keyboard();
  readonly #output: NodeJS.WriteStream;
  readonly #ink: Instance;
  /** Resolves when the components have called `exit()`, rejects with the error they have called it with or thrown. */
  readonly exited: Promise<unknown>;

  constructor(node: ReactNode, options: ComponentOptions = {}) {
    super(options);
    this.#output = display(options.columns ?? 80, options.rows ?? 24, (bytes) => this.show(bytes));
    this.#ink = render(node, {
      alternateScreen: true,
      incrementalRendering: true,
      maxFps: 60,
      patchConsole: false,
      ...options.render,
      // There is no terminal for ink to find, and under CI it would not draw.
      interactive: true,
      stdin: this.#input,
      stdout: this.#output,
      stderr: this.#output,
    });
    this.exited = this.#ink.waitUntilExit();
    // Whoever looks at it still sees the failure; a test that does not is not ended by it.
    this.exited.catch(() => undefined);
  }

  send(bytes: string): void {
    this.#input.write(bytes);
  }

  resize(columns: number, rows: number): void {
    this.emulator.resize(columns, rows);
    Object.assign(this.#output, { columns, rows });
    this.#output.emit("resize");
  }

  /** Other properties for the components, or other components. */
  rerender(node: ReactNode): void {
    this.#ink.rerender(node);
  }

  async close(): Promise<void> {
    this.#ink.unmount();
    await this.exited.catch(() => undefined);
    await this.emulator.settled();
    this.end("the components are gone");
    this.emulator.close();
  }
}

/** As much of a terminal's input as ink looks at. */
function keyboard(): PassThrough & NodeJS.ReadStream {
  const stream = new PassThrough();
  const itself = (): PassThrough => stream;
  return Object.assign(stream, {
    isTTY: true,
    isRaw: false,
    fd: -1,
    setRawMode: itself,
    ref: itself,
    unref: itself,
  }) as unknown as PassThrough & NodeJS.ReadStream;
}

function display(columns: number, rows: number, show: (bytes: Uint8Array) => void): NodeJS.WriteStream {
  const stream = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      // A terminal in its usual mode begins each line at the left.
      show(new TextEncoder().encode(String(chunk).replace(/\r?\n/g, "\r\n")));
      done();
    },
  });
  return Object.assign(stream, { isTTY: true, columns, rows }) as unknown as NodeJS.WriteStream;
}
