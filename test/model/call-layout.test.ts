import { expect, test } from "bun:test";
import { type CallLayout, labelOf, layoutFor, valueOf } from "../../src/model/call-layout.ts";

function layout(name: string, type: string): CallLayout {
  return { id: name, name, description: undefined, type, header: undefined, columns: [] };
}

const sales = layout("Sales", "CUSTOM");
const usual = layout("Default Layout", "DEFAULT");

test.each<[string, Record<string, string>, CallLayout[], CallLayout | undefined]>([
  ["the default when the call names none", {}, [sales, usual], usual],
  ["the one it names", { "user.layout": " Sales " }, [usual, sales], sales],
  ["with a capital L too", { callVariable1: "x", "user.Layout": "Sales" }, [usual, sales], sales],
  ["an unknown name is no choice", { "user.layout": "sales!" }, [sales, usual], usual],
  ["nor is an empty one", { "user.layout": "  " }, [layout("", "CUSTOM"), usual], usual],
  ["the only one there is, whatever it calls itself", {}, [layout("", "")], layout("", "")],
  ["none of none", { "user.layout": "Sales" }, [], undefined],
])("%s", (_, variables, layouts, expected) => {
  expect(layoutFor(layouts, variables)).toEqual(expected as CallLayout);
});

test("values are the call's own, and nothing that every object has", () => {
  const variables = { callVariable1: " 4711 ", "user.a": "" };
  expect(valueOf({ variable: "callVariable1" }, variables)).toBe("4711");
  expect(valueOf({ variable: "user.a" }, variables)).toBe("");
  expect(valueOf({ variable: "toString" }, variables)).toBe("");
});

test("an entry without a name is called as its variable", () => {
  const entry = { variable: "user.a", inPopOver: undefined, editable: undefined };
  expect(labelOf({ ...entry, displayName: "Account" })).toBe("Account");
  expect(labelOf({ ...entry, displayName: "" })).toBe("user.a");
});
