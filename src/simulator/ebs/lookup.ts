import { type Customer, type LookupKey, lookupKeys } from "./customers.ts";

/** Who a ScreenPop is about. */
export interface Found {
  /** Names of those found: none, one, or many to choose from. */
  customers: string[];
  /** The key that found them, and its value; `occtANI` for the phone. */
  by?: { key: string; value: string };
}

/**
 * Finds the customer as EBS does (reference §5.4): the keys in their order, the first that finds somebody decides. Names and values of keys
 * are compared exactly, the strict half of "some case-insensitively and some exactly"; phone numbers by their digits.
 */
export function findCustomers(customers: readonly Customer[], data: Readonly<Record<string, string>>): Found {
  for (const key of lookupKeys) {
    const name = key === "phone" ? "occtANI" : key;
    const value = Object.hasOwn(data, name) ? data[name]?.trim() : undefined;
    if (value === undefined || value === "") continue;
    const found = customers.filter((customer) => has(customer, key, value));
    if (found.length > 0)
      return { customers: found.map((customer) => customer.name), by: { key: name, value } };
  }
  return { customers: [] };
}

function has(customer: Customer, key: LookupKey, value: string): boolean {
  const own = customer.keys[key] ?? [];
  if (key !== "phone") return own.includes(value);
  const wanted = digits(value);
  return wanted !== "" && own.some((phone) => digits(phone) === wanted);
}

const digits = (text: string): string => text.replace(/\D/g, "");
