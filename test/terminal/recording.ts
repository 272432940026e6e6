/** A control sequence that a program sent. */
type Sequence =
  | { kind: "csi"; prefix: string; params: string; final: string }
  | { kind: "osc"; code: number; data: string }
  | { kind: "esc"; final: string }
  | { kind: "bell" };

const pattern =
  // OSC ... BEL or ST, DCS and its like ... ST, CSI, other escapes, a bell of its own.
  /\u001B\](\d+);?([^\u0007\u001B]*)(?:\u0007|\u001B\\)|\u001B[PX^_][\s\S]*?\u001B\\|\u001B\[([?<>=]?)([\d;:]*)[ -/]*([@-~])|\u001B([ -/]*[0-~])|(\u0007)/g;

/** Private modes that a program must take back before it goes, by what a person would notice otherwise. */
const passing: Record<number, string> = {
  1: "arrow keys send other codes",
  9: "mouse reports",
  1000: "mouse reports",
  1002: "mouse reports",
  1003: "mouse reports",
  1004: "focus reports",
  1006: "mouse reports",
  47: "alternate screen",
  1047: "alternate screen",
  1049: "alternate screen",
  2004: "marked pastes",
  2026: "drawing held back",
};

/** All that a program has written to its terminal, and what can be asked about it. */
export class Recording {
  #chunks: Uint8Array[] = [];

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }

  /** The bytes as text, escape sequences and all. */
  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }

  /** How often the whole screen, or the lines scrolled away, were wiped. The alternate screen comes empty and does not count. */
  get clears(): number {
    return this.#sequences().filter(
      (one) =>
        (one.kind === "csi" && one.final === "J" && one.prefix === "" && /^[23]$/.test(one.params)) ||
        (one.kind === "esc" && one.final === "c"),
    ).length;
  }

  /** How often the program rang. */
  get bells(): number {
    return this.#sequences().filter((one) => one.kind === "bell").length;
  }

  /** Window titles that were set, in order. */
  get titles(): string[] {
    return this.osc(0, 2);
  }

  /** Desktop notifications: OSC 9 as it is, OSC 777 as `title: body`. The progress reports of OSC 9;4 are none. */
  get notifications(): string[] {
    return this.#sequences().flatMap((one) => {
      if (one.kind !== "osc") return [];
      if (one.code === 9 && !one.data.startsWith("4;")) return [one.data];
      if (one.code === 777 && one.data.startsWith("notify;"))
        return [one.data.slice("notify;".length).replace(";", ": ")];
      return [];
    });
  }

  /** Texts put on the clipboard (OSC 52), decoded. */
  get clipboard(): string[] {
    return this.osc(52).map((data) => Buffer.from(data.replace(/^[^;]*;/, ""), "base64").toString("utf8"));
  }

  /** The contents of these operating-system commands, in order. */
  osc(...codes: number[]): string[] {
    return this.#sequences().flatMap((one) =>
      one.kind === "osc" && codes.includes(one.code) ? [one.data] : [],
    );
  }

  /** What the program has switched on in the terminal and not off again, in words; [] after a good end. */
  get leftOn(): string[] {
    const on = new Map<number, string>();
    let keyboard = 0;
    let attributes = "";
    for (const one of this.#sequences()) {
      if (one.kind === "esc" && one.final === "c") on.clear();
      if (one.kind !== "csi") continue;
      if (one.prefix === "?" && (one.final === "h" || one.final === "l"))
        for (const mode of one.params.split(";").map(Number)) {
          // The cursor is the other way round: switched off is what must not stay.
          if (mode === 25) one.final === "l" ? on.set(mode, "cursor hidden") : on.delete(mode);
          else if (passing[mode] !== undefined)
            one.final === "h" ? on.set(mode, passing[mode]) : on.delete(mode);
        }
      // The kitty keyboard protocol is a stack.
      if (one.final === "u" && one.prefix === ">") keyboard++;
      if (one.final === "u" && one.prefix === "<") keyboard -= Number(one.params === "" ? 1 : one.params);
      if (one.final === "m" && one.prefix === "") attributes = one.params;
    }
    const words = [...new Set(on.values())];
    if (keyboard > 0) words.push("kitty keyboard");
    // Styles ended one by one (39, 49, 22 ...) are ended too.
    if (attributes !== "" && !/^(?:0|2[2-9]|39|49|5[459])(?:;(?:0|2[2-9]|39|49|5[459]))*$/.test(attributes))
      words.push("a text style");
    return words;
  }

  #sequences(): Sequence[] {
    return [...this.text.matchAll(pattern)].flatMap((match): Sequence[] => {
      const [, code, data, prefix, params, final, escape, bell] = match;
      if (code !== undefined) return [{ kind: "osc", code: Number(code), data: data ?? "" }];
      if (final !== undefined) return [{ kind: "csi", prefix: prefix ?? "", params: params ?? "", final }];
      if (escape !== undefined) return [{ kind: "esc", final: escape }];
      return bell === undefined ? [] : [{ kind: "bell" }];
    });
  }
}
