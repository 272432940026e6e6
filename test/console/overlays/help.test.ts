import { describe, expect, test } from "bun:test";
import { keyTable } from "../../../src/console/keys/table.ts";
import type { KeyAction } from "../../../src/console/keys/contract.ts";
import { Typist, callWith, sightWith, stateWith } from "./stage.tsx";

const call = "16804377";
const open = (sight = sightWith()): Typist => new Typist({ kind: "help", filter: "" }, sight);

describe("help", () => {
  test("any action is seen within two keys", () => {
    const letters = [..."abcdefghijklmnopqrstuvwxyz0123456789#?:"];
    const screens = letters.map((letter) => open().type(letter).drawn(72, 17).join("\n"));
    const hidden = keyTable.filter(
      ({ description }) => !screens.some((text) => text.includes(description.slice(0, 20))),
    );
    expect(hidden.map(({ id }) => id)).toEqual([]);
  });

  test("finds by word, description and key, and does it", () => {
    expect(open().type("hang").press("enter").asked).toEqual([{ do: "drop", call }]);
    expect(open().type("h").press("enter").asked).toEqual([{ do: "hold", call }]);
    expect(open().type("blind").press("enter").asked).toMatchObject([{ overlay: { kind: "dial" } }]);
    expect(open().type("messages").press("enter").sight.state.overlays).toEqual([{ kind: "messages" }]);
  });

  test("what cannot be done is there with its reason, which Enter says; nothing else is done in its place", () => {
    const typist = open().type("retrieve");
    expect(typist.drawn().join("\n")).toContain("(this call is not held)");
    expect(typist.press("enter")).toMatchObject({
      asked: [{ do: "say", message: { text: "retrieve: this call is not held" } }],
      isOpen: true,
    });
    // "quit" says of itself that nobody is signed out by it.
    expect(open().type("sign out").press("enter").asked).toMatchObject([
      { do: "say", message: { text: "sign out: not during a call" } },
    ]);
    expect(open().type("signout").press("enter").asked).toMatchObject([{ do: "say" }]);
  });

  test("keys are shown as they are configured", () => {
    const state = stateWith({ options: { ...stateWith().options, keys: { hold: ["ctrl+h"] } } });
    expect(open(sightWith(state)).type("hold").drawn()[2]).toContain("ctrl+h");
  });

  const extra = (more: Partial<KeyAction>): KeyAction => ({
    id: "extra",
    keys: ["E"],
    label: "extra",
    description: "Something more",
    scope: "any",
    group: "Log",
    intent: () => ({ do: "reload" }),
    ...more,
  });

  test("another view's action says where", () => {
    const table = [...keyTable, extra({ scope: "ladder" })];
    expect(open(sightWith(stateWith(), { table })).type("extra").drawn()[2]).toContain(
      "only in the ladder view",
    );
  });

  test("what cannot be undone is asked first", () => {
    const table = [...keyTable, extra({ dangerous: true })];
    const typist = open(sightWith(stateWith({}, [callWith()]), { table }))
      .type("extra")
      .press("enter");
    expect(typist.sight.state.overlays).toMatchObject([{ kind: "confirm", yes: { do: "reload" } }]);
    expect(typist.press("y").asked.at(-1)).toEqual({ do: "reload" });
  });

  test("opens with what was asked for; help of help closes", () => {
    expect(new Typist({ kind: "help", filter: "wrap" }).drawn()[2]).toContain("wrap-up");
    expect(open().type("everything").press("enter")).toMatchObject({ asked: [], isOpen: false });
  });
});
