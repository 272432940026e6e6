import { CtiError } from "../../model/errors.ts";
import { nearest } from "../../platform/nearest.ts";

/** The keys EBS finds a customer by, in the order it tries them (reference §5.4); `phone` is compared with occtANI. */
export const lookupKeys = [
  "PARTY_ID",
  "ServiceRequestNum",
  "CustomerNum",
  "QuoteNum",
  "OrderNum",
  "CollateralReq",
  "AccountCode",
  "EventCode",
  "MarketingPIN",
  "ServiceKey",
  "phone",
] as const;

export type LookupKey = (typeof lookupKeys)[number];

/** A customer's record; of each key any number of values, a customer has many service requests. */
export interface Customer {
  name: string;
  keys: Readonly<Partial<Record<LookupKey, readonly string[]>>>;
}

/** Some people to call: names that are hard to carry, two who share a phone. */
export const sampleCustomers: readonly Customer[] = [
  {
    name: "Ayesha Khan",
    keys: {
      PARTY_ID: ["100001"],
      ServiceRequestNum: ["48213", "48377"],
      CustomerNum: ["5001"],
      AccountCode: ["A-5001"],
      phone: ["03001234567"],
    },
  },
  {
    name: "محمد العلي",
    keys: { PARTY_ID: ["100002"], CustomerNum: ["5002"], OrderNum: ["77120"], phone: ["+966 50 123 4567"] },
  },
  {
    name: "بلال احمد",
    keys: { PARTY_ID: ["100003"], CustomerNum: ["5003"], QuoteNum: ["Q-311"], phone: ["04235551000"] },
  },
  {
    name: "ثناء احمد",
    keys: { PARTY_ID: ["100004"], CustomerNum: ["5004"], EventCode: ["EV-2013"], phone: ["04235551000"] },
  },
  {
    name: "Jürgen Müller-Weiß",
    keys: {
      PARTY_ID: ["100005"],
      CollateralReq: ["CR-9"],
      MarketingPIN: ["4711"],
      phone: ["+49 89 1234567"],
    },
  },
  {
    name: `O'Brien & Söhne "Nord" GmbH <Kiel>`,
    keys: { PARTY_ID: ["100006"], AccountCode: ["A-5006"], ServiceKey: ["SK-12"], phone: ["5551234"] },
  },
];

/**
 * Customers of a JSON document: `[{"name": "Ayesha Khan", "ServiceRequestNum": ["48213"], "phone": "03001234567"}]`, each key a text or
 * a list of texts. Throws `input-invalid` that names the place.
 */
export function readCustomers(document: unknown): Customer[] {
  if (!Array.isArray(document)) throw wrong("the customers must be a list");
  return document.map((entry: unknown, index) => {
    const place = `customer ${index + 1}`;
    if (typeof entry !== "object" || entry === null || Array.isArray(entry))
      throw wrong(`${place} must be an object`);
    const { name, ...rest } = entry as Record<string, unknown>;
    if (typeof name !== "string" || name === "") throw wrong(`${place}: "name" must be a text`);
    const keys = Object.entries(rest).map(([key, value]): [LookupKey, string[]] => {
      const known = lookupKeys.find((each) => each === key);
      if (known === undefined) throw wrong(`${place}: "${key}" is unknown${meant(key)}`);
      const values: unknown[] = Array.isArray(value) ? value : [value];
      const texts = values.filter((each) => typeof each === "string" && each !== "");
      if (texts.length < values.length) throw wrong(`${place}: "${key}" must be a text or a list of texts`);
      return [known, texts as string[]];
    });
    return { name, keys: Object.fromEntries(keys) };
  });
}

function meant(key: string): string {
  const near = nearest(key, lookupKeys);
  return near === undefined ? `; known are ${lookupKeys.join(", ")}` : `; "${near}" was meant?`;
}

function wrong(message: string): CtiError {
  return new CtiError({ code: "input-invalid", message });
}
