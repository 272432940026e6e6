import { expect, test } from "bun:test";
import type { Row } from "../../../src/console/overlays/cells.ts";
import { flashRows } from "../../../src/console/panels/footer.ts";
import type { Message } from "../../../src/console/store/state.ts";
import { noon, stateWith } from "../overlays/stage.tsx";

const text =
  "Finesse does not accept the id or password of 1001: Authorization Failure: Unable to authenticate the user";
const hint = "check them; after five wrong ones Finesse locks the agent for half an hour";

function drawn(message: Partial<Message>, columns = 80, rows = 24): string[] {
  const flash: Message = { level: "error", text, hint, at: noon, ...message };
  const lines = flashRows(stateWith({ flash, size: { columns, rows } }), noon, columns);
  return lines.map((row: Row) =>
    row
      .map((span) => span.text)
      .join("")
      .trimEnd(),
  );
}

test("trouble that does not fit one line takes two, with what to do at its end", () => {
  expect(drawn({})).toEqual([
    " ✗ Finesse does not accept the id or password of 1001: Authorization Failure:",
    "   Unable to authenticate the user → check them; after five wrong ones Finesse …",
  ]);
  expect(drawn({ text: "not during a call", hint: "hang up first" })).toEqual([
    " ✗ not during a call  hang up first",
  ]);
});

test("a short one with a long hint: the hint begins beside it", () => {
  expect(drawn({ text: "refused: Invalid Device (260)" })).toEqual([
    " ✗ refused: Invalid Device (260) → check them; after five wrong ones Finesse",
    "   locks the agent for half an hour",
  ]);
});

test("good news never, nor anything on a small screen", () => {
  expect(drawn({ level: "good" })).toHaveLength(1);
  expect(drawn({}, 40, 12)).toHaveLength(1);
});
