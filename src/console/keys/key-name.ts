import type { Key } from "ink";

/** How keys are written in the table and the configuration: `a`, `A`, `#`, `enter`, `esc`, `tab`, `shift+tab`, `ctrl+d`, `page-down`. */
export function keyName(input: string, key: Partial<Key>): string {
  const named =
    (key.return === true && "enter") ||
    (key.escape === true && "esc") ||
    (key.tab === true && "tab") ||
    (key.upArrow === true && "up") ||
    (key.downArrow === true && "down") ||
    (key.leftArrow === true && "left") ||
    (key.rightArrow === true && "right") ||
    (key.pageUp === true && "page-up") ||
    (key.pageDown === true && "page-down") ||
    (key.home === true && "home") ||
    (key.end === true && "end") ||
    (key.backspace === true && "backspace") ||
    (key.delete === true && "delete") ||
    (input === " " && "space") ||
    undefined;
  const base = named ?? input;
  // A shifted letter is the capital letter.
  const shift = key.shift === true && named !== undefined ? "shift+" : "";
  return `${key.ctrl === true ? "ctrl+" : ""}${key.meta === true && !key.escape ? "alt+" : ""}${shift}${base}`;
}

/** Keys typed fast arrive together: each character is a key of its own. */
export function keysOf(input: string, key: Partial<Key>): string[] {
  const isSpecial = Object.values(key).some((value) => value === true);
  if (isSpecial || [...input].length <= 1) return [keyName(input, key)];
  return [...input].map((character) => keyName(character, character === "\r" ? { return: true } : {}));
}

const written: Readonly<Record<string, string>> = {
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
  enter: "Enter",
  esc: "Esc",
  tab: "Tab",
  space: "Space",
};

/** A key as hints write it: `↓`, `Enter`; what has no shorter form is left as the table writes it. */
export function keyText(name: string): string {
  return written[name] ?? name;
}
