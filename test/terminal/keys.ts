/** What a terminal sends for the keys that have a name, as xterm does. */
const named: Record<string, string> = {
  enter: "\r",
  esc: "\u001B",
  tab: "\t",
  space: " ",
  backspace: "\u007F",
  delete: "\u001B[3~",
  insert: "\u001B[2~",
  up: "\u001B[A",
  down: "\u001B[B",
  right: "\u001B[C",
  left: "\u001B[D",
  home: "\u001B[H",
  end: "\u001B[F",
  "page-up": "\u001B[5~",
  "page-down": "\u001B[6~",
  f1: "\u001BOP",
  f2: "\u001BOQ",
  f3: "\u001BOR",
  f4: "\u001BOS",
  f5: "\u001B[15~",
  f6: "\u001B[17~",
  f7: "\u001B[18~",
  f8: "\u001B[19~",
  f9: "\u001B[20~",
  f10: "\u001B[21~",
  f11: "\u001B[23~",
  f12: "\u001B[24~",
};

const modifiers = { shift: 1, alt: 2, ctrl: 4 } as const;

/**
 * The bytes of one key: a character ("a", "?", "é"), a name ("enter", "page-up"), or either with `ctrl+`, `alt+`, `shift+` before it.
 * @param applicationKeys the program has asked for the other code of the arrow keys
 * @throws {Error} for a name that no key has
 */
export function bytesOf(key: string, applicationKeys = false): string {
  const parts = key === "+" ? [key] : key.split("+");
  const name = parts.pop() ?? "";
  let held = 0;
  for (const part of parts) {
    if (!(part in modifiers)) throw new Error(`no such modifier in the key ${JSON.stringify(key)}`);
    held |= modifiers[part as keyof typeof modifiers];
  }
  const base = named[name] ?? (Array.from(name).length === 1 ? name : undefined);
  if (base === undefined) throw new Error(`no such key: ${JSON.stringify(key)}`);
  if (held === 0) return applicationKeys && /^\u001B\[[A-DFH]$/.test(base) ? base.replace("[", "O") : base;
  if (name === "tab" && held === modifiers.shift) return "\u001B[Z";
  const sequence = /^\u001B(?:\[(\d*)|O)([A-Z~])$/.exec(base);
  if (sequence !== null) return `\u001B[${sequence[1] || "1"};${held + 1}${sequence[2]}`;
  let bytes = (held & modifiers.shift) === 0 ? base : base.toUpperCase();
  if ((held & modifiers.ctrl) !== 0) bytes = control(bytes, key);
  return (held & modifiers.alt) === 0 ? bytes : `\u001B${bytes}`;
}

function control(character: string, key: string): string {
  if (character === " ") return "\0";
  const code = character.toUpperCase().charCodeAt(0);
  if (character.length !== 1 || code < 0x40 || code > 0x5f)
    throw new Error(`a terminal has no code for the key ${JSON.stringify(key)}`);
  return String.fromCharCode(code & 0x1f);
}
