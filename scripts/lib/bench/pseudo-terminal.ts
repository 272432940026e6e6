/** A program in a pseudo-terminal whose bytes are timed as they come; nothing is drawn, so that nothing but the program takes time. */
export class PseudoTerminal {
  readonly #child: Bun.Subprocess;
  readonly #decoder = new TextDecoder();
  readonly #started = performance.now();
  #text = "";
  #look: () => void = () => {};

  constructor(command: string[], env: Record<string, string>, size = { cols: 80, rows: 24 }) {
    this.#child = Bun.spawn(command, {
      env: { LANG: "C.UTF-8", TERM: "xterm-256color", ...env },
      terminal: {
        ...size,
        data: (_, bytes) => {
          this.#text += this.#decoder.decode(bytes, { stream: true });
          this.#look();
        },
      },
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Milliseconds from the start of the program until a text was written. Throws after ten seconds without it. */
  async first(sight: RegExp): Promise<number> {
    return (await this.#until(sight)) - this.#started;
  }

  /** Presses a key: milliseconds until the end of a frame with `sight` in it. Throws after ten seconds without one. */
  async key(bytes: string, sight: RegExp): Promise<number> {
    this.#text = "";
    const from = performance.now();
    this.#child.terminal?.write(bytes);
    return (await this.#until(sight)) - from;
  }

  async end(): Promise<void> {
    this.#look = () => {};
    this.#child.kill("SIGTERM");
    await this.#child.exited;
    this.#child.terminal?.close();
  }

  #until(sight: RegExp): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no ${String(sight)}: ${JSON.stringify(this.#text.slice(-2000))}`)),
        10_000,
      );
      this.#look = () => {
        if (!sight.test(this.#text)) return;
        const at = performance.now();
        clearTimeout(timer);
        this.#look = () => {};
        resolve(at);
      };
      this.#look();
    });
  }
}
