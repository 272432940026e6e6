import { expect, test } from "bun:test";
import { parseCallLayout, parseCallLayouts } from "../../../src/finesse/parse-call-layouts.ts";
import { parseXml } from "../../../src/finesse/xml-tree.ts";
import { populationFrom } from "../../../src/simulator/engine/population.ts";
import { House } from "../engine/house.ts";

const path = "/User/1001/MediaPropertiesLayout";

test("there is a default one, alone and in the list of all", () => {
  const house = new House();
  const { body } = house.request("GET", path);
  expect(parseCallLayout(parseXml(body))).toMatchObject({
    id: "1",
    type: "DEFAULT",
    header: { displayName: "Customer", variable: "callVariable1", inPopOver: true, editable: false },
    columns: [{ length: 3 }, { length: 2 }],
  });
  expect(parseCallLayouts(parseXml(house.request("GET", `${path}s`).body))).toHaveLength(1);
  expect(house.request("GET", "/TeamResource/1/MediaPropertiesLayouts").status).toBe(200);
});

test("those of a population document, in its order", () => {
  const population = populationFrom({
    callLayouts: [
      { columns: [[{ mediaProperty: "user.a" }], []] },
      {
        name: "Service",
        description: "for service",
        header: { displayName: "Who", mediaProperty: "callVariable1", showInPopOver: true },
      },
    ],
  });
  const house = new House({ population });
  const all = parseCallLayouts(parseXml(house.request("GET", `${path}s`).body));
  expect(all).toMatchObject([
    {
      id: "1",
      name: "Default Layout",
      type: "DEFAULT",
      header: undefined,
      columns: [[{ displayName: "", variable: "user.a", inPopOver: false }], []],
    },
    { id: "2", name: "Service", description: "for service", type: "CUSTOM", columns: [] },
  ]);
  expect(parseCallLayout(parseXml(house.request("GET", path).body))).toEqual(all[0]!);
});

test("without any the list is empty and the single one not found", () => {
  const house = new House({ population: populationFrom({ callLayouts: [] }) });
  expect(house.request("GET", `${path}s`).body).toBe("<MediaPropertiesLayouts/>");
  expect(house.request("GET", path).status).toBe(404);
});

const field = { mediaProperty: "callVariable1" };

test.each<[string, unknown]>([
  ["callLayouts must be a list", {}],
  ["callLayouts must hold one layout of type DEFAULT", [{ type: "CUSTOM", name: "x" }]],
  ["callLayouts must hold one layout of type DEFAULT", [{}, { type: "DEFAULT" }]],
  ["callLayouts[1].name must be a text", [{}, {}]],
  ["callLayouts[0].type must be DEFAULT or CUSTOM", [{ type: "OTHER" }]],
  ["callLayouts[0].columns are more than 2", [{ columns: [[], [], []] }]],
  ["callLayouts[0].columns hold more than 10 entries in one", [{ columns: [Array(11).fill(field)] }]],
  ["callLayouts[0].columns[0][1].mediaProperty must be a text", [{ columns: [[field, {}]] }]],
  ["callLayouts[0].header must be an object", [{ header: "callVariable1" }]],
])("%s", (message, callLayouts) => {
  expect(() => populationFrom({ callLayouts })).toThrow(message);
});
