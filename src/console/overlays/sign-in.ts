import type { Row } from "./cells.ts";
import { type OverlayKind, type Reply, closing, stay } from "./contract.ts";
import { overlayWords } from "./overlay-words.ts";
import { type TextField, editField, fieldOf, fieldRow, pasteInto } from "./text-field.ts";

const names = ["agent", "extension", "password"] as const;
type Name = (typeof names)[number];

/** Lives with the form alone; the password goes out with the intent and nowhere else. */
export interface SignInState {
  fields: Readonly<Record<Name, TextField>>;
  active: Name;
  error: string | undefined;
}

function step(state: SignInState, by: 1 | -1): SignInState {
  const at = (names.indexOf(state.active) + by + names.length) % names.length;
  return { ...state, active: names[at] ?? "agent" };
}

function submit(state: SignInState): Reply<SignInState> {
  const { agent, extension, password } = state.fields;
  const values = { agent: agent.text.trim(), extension: extension.text.trim(), password: password.text };
  const missing = names.find((name) => values[name] === "");
  if (missing !== undefined)
    return stay({ ...state, active: missing, error: overlayWords.signIn.missing[missing] });
  return closing(
    { ...state, fields: { ...state.fields, password: fieldOf() } },
    { do: "sign-in", ...values },
  );
}

function edited(state: SignInState, field: TextField): SignInState {
  return { ...state, fields: { ...state.fields, [state.active]: field }, error: undefined };
}

/** Agent, extension, password: begins at the first that is missing. */
export const signIn: OverlayKind<"sign-in", SignInState> = {
  open: (_overlay, { signIn: { agent = "", extension = "" } }) => ({
    fields: { agent: fieldOf(agent), extension: fieldOf(extension), password: fieldOf() },
    active: agent === "" ? "agent" : extension === "" ? "extension" : "password",
    error: undefined,
  }),
  press: (state, key) => {
    switch (key) {
      case "esc":
        return closing({ ...state, fields: { ...state.fields, password: fieldOf() } });
      case "tab":
      case "down":
        return stay(step(state, 1));
      case "shift+tab":
      case "up":
        return stay(step(state, -1));
      case "enter":
        return state.active === "password" ? submit(state) : stay(step(state, 1));
      default: {
        const field = editField(state.fields[state.active], key);
        return stay(field === undefined ? state : edited(state, field));
      }
    }
  },
  paste: (state, text) => stay(edited(state, pasteInto(state.fields[state.active], text))),
  height: () => 5,
  draw: (state, _sight, { columns }) => {
    const { fields: labels, note, title } = overlayWords.signIn;
    return {
      title,
      rows: [
        ...names.map((name): Row => {
          const active = name === state.active;
          const options = { active, secret: name === "password" };
          return [
            { text: active ? "▸ " : "  " },
            { text: labels[name].padEnd(11), bold: active },
            ...fieldRow(state.fields[name], Math.max(4, columns - 13), options),
          ];
        }),
        [],
        state.error === undefined
          ? [{ text: note, dim: true }]
          : [{ text: `× ${state.error}`, color: "red" }],
      ],
      hint: overlayWords.hints.form,
    };
  },
};
