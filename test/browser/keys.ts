import type { Session } from "./cdp.ts";

/** Keys by name: what `KeyboardEvent.key` and `code` are, the Windows key code, and the text that the key gives. */
const named: Record<string, [key: string, code: string, keyCode: number, text?: string]> = {
  enter: ["Enter", "Enter", 13, "\r"],
  tab: ["Tab", "Tab", 9],
  space: [" ", "Space", 32, " "],
  esc: ["Escape", "Escape", 27],
  backspace: ["Backspace", "Backspace", 8],
  delete: ["Delete", "Delete", 46],
  up: ["ArrowUp", "ArrowUp", 38],
  down: ["ArrowDown", "ArrowDown", 40],
  left: ["ArrowLeft", "ArrowLeft", 37],
  right: ["ArrowRight", "ArrowRight", 39],
  home: ["Home", "Home", 36],
  end: ["End", "End", 35],
};

const modifierBits: Record<string, number> = { alt: 1, ctrl: 2, meta: 4, shift: 8 };

/** Presses one key, as "enter", "shift+tab", "ctrl+a", "5". */
export async function pressKey(session: Session, name: string): Promise<void> {
  const parts = name === "+" ? ["+"] : name.split("+");
  const last = parts.pop() ?? "";
  const modifiers = parts.reduce((sum, part) => sum + (modifierBits[part] ?? 0), 0);
  const [key, code, windowsVirtualKeyCode, text] = named[last] ?? character(last);
  const common = { modifiers, key, code, windowsVirtualKeyCode };
  const plain = (modifiers & ~8) === 0;
  await session.send(
    "Input.dispatchKeyEvent",
    text !== undefined && plain ? { type: "keyDown", text, ...common } : { type: "rawKeyDown", ...common },
  );
  await session.send("Input.dispatchKeyEvent", { type: "keyUp", ...common });
}

function character(text: string): [string, string, number, string] {
  if ([...text].length !== 1) throw new Error(`there is no key ${JSON.stringify(text)}`);
  const upper = text.toUpperCase();
  const code = /[A-Z]/.test(upper) ? `Key${upper}` : /\d/.test(upper) ? `Digit${upper}` : "";
  return [text, code, code === "" ? 0 : upper.charCodeAt(0), text];
}

/** Types a text key by key; what has no key of its own (日, é) comes as an input method gives it. */
export async function typeText(session: Session, text: string): Promise<void> {
  for (const each of text)
    if (each === "\n") await pressKey(session, "enter");
    else if (/[ -~]/.test(each)) await pressKey(session, each === "+" ? "+" : each === " " ? "space" : each);
    else await session.send("Input.insertText", { text: each });
}
