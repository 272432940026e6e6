import { describe, expect, test } from "bun:test";
import type { CallLayout } from "../../../../../src/model/call-layout.ts";
import { contentOf } from "../../../../../src/crm/open-cti/page/ui/call-data.ts";
import { layouts } from "./stage.ts";

const variables = {
  callVariable1: "CUST-778",
  callVariable2: " ",
  callVariable3: "7",
  "user.language": "ur",
  "user.reason": "a refund",
};
const entry = { displayName: "Third", variable: "callVariable3", inPopOver: true, editable: false };
const names = (given: ReturnType<typeof contentOf>["data"]): string[] => given.map(({ label }) => label);

describe("what a call brought along", () => {
  test("as the administrator laid it out: the header first, the rest by its own name", () => {
    const { header, data, others } = contentOf({ variables }, layouts, false);
    expect(header).toEqual({ label: "Customer", value: "CUST-778", variable: "callVariable1" });
    expect(names(data)).toEqual(["Language", "Reason for the call"]);
    expect(names(others)).toEqual(["callVariable3"]);
  });

  test("while it rings only what is to be seen before one answers; nothing is lost by that", () => {
    const { data, others } = contentOf({ variables }, layouts, true);
    expect(names(data)).toEqual(["Reason for the call"]);
    expect(names(others)).toEqual(["callVariable3", "user.language"]);
  });

  for (const [what, given] of [
    ["not read yet", undefined],
    ["of which Finesse has none", []],
    ["that is empty", [{ ...layouts[0], header: undefined, columns: [[], []] } as CallLayout]],
    [
      "that was made for other calls",
      [{ ...layouts[0], columns: [], header: { ...entry, variable: "user.x" } } as CallLayout],
    ],
  ] as const)
    test(`by a layout ${what}: all that says something, by its own name`, () => {
      const { header, data, others } = contentOf({ variables }, given, false);
      expect([header, names(data), others]).toEqual([
        undefined,
        ["callVariable1", "callVariable3", "user.language", "user.reason"],
        [],
      ]);
    });

  test("the layout that the call asks for, each variable once, a name where the administrator gave none", () => {
    const own = { ...layouts[0], name: "Claims", type: "CUSTOM" } as CallLayout;
    own.header = undefined;
    own.columns = [[{ ...entry, displayName: "" }, entry], []];
    const { data } = contentOf(
      { variables: { ...variables, "user.Layout": "Claims" } },
      [...layouts, own],
      false,
    );
    expect(names(data)).toEqual(["callVariable3"]);
  });
});
