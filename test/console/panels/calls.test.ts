import { expect, test } from "bun:test";
import type { CallLayout } from "../../../src/model/call-layout.ts";
import type { Row } from "../../../src/console/overlays/cells.ts";
import { callsPanel } from "../../../src/console/panels/calls.ts";
import { callWith, noon, stateWith } from "../overlays/stage.tsx";

const layouts: CallLayout[] = [
  {
    id: "1",
    name: "Default Layout",
    description: undefined,
    type: "DEFAULT",
    header: { displayName: "Customer", variable: "callVariable1", inPopOver: true, editable: undefined },
    columns: [],
  },
];
const variables = { callVariable1: "Ana Müller" };
const customer = callWith({ variables, state: "HELD" });

function rowOf(party: string, more: Parameters<typeof callWith>[0], laidOut = layouts): Row {
  const call = callWith({ variables, id: "2", interaction: "i2", party, ...more });
  const rows = callsPanel(stateWith({ layouts: laidOut }, [customer, call]), noon, 80, 12);
  const row = rows.find((each) => each.some(({ text }) => text.startsWith(party)));
  if (row === undefined) throw new Error(`no row of ${party}`);
  return row;
}

const textOf = (row: Row): string => row.map(({ text }) => text).join("");

test("a customer's call bears the customer's name", () => {
  const row = rowOf("5551234", {});
  expect(textOf(row)).toContain("← 5551234  Ana Müller");
  expect(row.find(({ text }) => text.includes("Ana Müller"))?.bold).toBe(true);
});

test("a consult says whom it is about, and never as if that were the colleague's name", () => {
  const row = rowOf("2002", { parent: "i1", direction: "internal", queue: undefined });
  expect(textOf(row)).toContain("↔ 2002  consult  about Ana Müller");
  expect(row.find(({ text }) => text.includes("Ana Müller"))?.bold).toBeUndefined();
  // Nor where nothing is laid out.
  expect(textOf(rowOf("2002", { parent: "i1", direction: "internal", queue: undefined }, []))).toContain(
    "↔ 2002  consult  about 5551234",
  );
});

test("the one who is asked sees a colleague's call about a customer", () => {
  const row = rowOf("2001", { direction: "internal", customer: undefined, queue: undefined });
  expect(textOf(row)).toContain("↔ 2001  about Ana Müller");
});
