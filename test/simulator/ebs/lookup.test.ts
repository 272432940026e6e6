import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Customer,
  lookupKeys,
  readCustomers,
  sampleCustomers,
} from "../../../src/simulator/ebs/customers.ts";
import { findCustomers } from "../../../src/simulator/ebs/lookup.ts";

/** Few values, so that keys meet. */
const value = fc.constantFrom("1", "2", "3");
const customer: fc.Arbitrary<Customer> = fc
  .tuple(
    fc.string({ minLength: 1 }),
    fc.uniqueArray(fc.constantFrom(...lookupKeys)),
    fc.array(value, { minLength: 1 }),
  )
  .map(([name, keys, values]) => ({ name, keys: Object.fromEntries(keys.map((key) => [key, values])) }));

const dataName = (key: (typeof lookupKeys)[number]) => (key === "phone" ? "occtANI" : key);

describe("the customer lookup", () => {
  test("the order is the reference's", () => {
    expect(lookupKeys.map(dataName).join()).toBe(
      "PARTY_ID,ServiceRequestNum,CustomerNum,QuoteNum,OrderNum,CollateralReq,AccountCode,EventCode,MarketingPIN,ServiceKey,occtANI",
    );
  });

  test("the first key in order that finds somebody decides, and finds all of them", () => {
    const data = fc.dictionary(fc.constantFrom(...lookupKeys.map(dataName), "CustomerID", "x"), value);
    fc.assert(
      fc.property(fc.array(customer), data, (customers, given) => {
        const found = findCustomers(customers, given);
        const by = lookupKeys.find((key) => dataName(key) === found.by?.key);
        const holders = (key: (typeof lookupKeys)[number]) =>
          customers.filter(({ keys }) => keys[key]?.includes(given[dataName(key)] ?? "") === true);
        const before = by === undefined ? lookupKeys : lookupKeys.slice(0, lookupKeys.indexOf(by));
        for (const key of before) expect(holders(key)).toEqual([]);
        expect(found.customers).toEqual(by === undefined ? [] : holders(by).map(({ name }) => name));
      }),
    );
  });

  test.each([
    [{ occtANI: "0300 1234567" }, ["Ayesha Khan"], "occtANI"],
    [{ occtANI: "04235551000" }, ["بلال احمد", "ثناء احمد"], "occtANI"],
    [{ occtANI: "04235551000", EventCode: "EV-2013" }, ["ثناء احمد"], "EventCode"],
    [{ occtANI: "03001234567", CustomerNum: "5002" }, ["محمد العلي"], "CustomerNum"],
    [{ AccountCode: "A-5006" }, [`O'Brien & Söhne "Nord" GmbH <Kiel>`], "AccountCode"],
    [{ customernum: "5002", occtANI: "anonymous" }, [], undefined],
    [{ AccountCode: "a-5006", occtANI: "" }, [], undefined],
  ])("%p finds %p", (data, names, key) => {
    const found = findCustomers(sampleCustomers, data);
    expect(found.customers).toEqual(names);
    expect(found.by?.key).toBe(key);
  });
});

describe("customers of a file", () => {
  test("a text or a list of texts for each key", () => {
    expect(readCustomers([{ name: "Ana", phone: "0012", OrderNum: ["1", "2"] }])).toEqual([
      { name: "Ana", keys: { phone: ["0012"], OrderNum: ["1", "2"] } },
    ]);
  });

  test.each([
    [{}, "must be a list"],
    [[1], "customer 1 must be an object"],
    [[{ phone: "1" }], 'customer 1: "name"'],
    [
      [{ name: "A" }, { name: "B", CustomerNumb: "1" }],
      'customer 2: "CustomerNumb" is unknown; "CustomerNum"',
    ],
    [[{ name: "A", phone: 12 }], '"phone" must be a text'],
  ])("%j: %s", (document, words) => {
    expect(() => readCustomers(document)).toThrow(words);
  });
});
