import type { Random } from "../../platform/random.ts";

const cities = ["Zürich", "Kraków", "Malmö", "São Paulo", "Lyon", "東京", "Leeds"];
const companies = [
  "Smith & Sons",
  "Müller GmbH",
  "A<B Logistics",
  'The "Blue" Door',
  "Núñez y Cía",
  "O'Hara Ltd",
];
const segments = ["gold", "silver", "new", "at risk"];

/**
 * About 60 variables, as a real routed call carries them (§8): callVariable1..10, ECC scalars and arrays, some empty, some with
 * characters that test a parser. Only ECC names of the population appear.
 */
export function standardVariables(random: Random, from: string, ecc: readonly string[]): Map<string, string> {
  const pick = (values: readonly string[]): string => values[Math.floor(random() * values.length)] ?? "";
  const digits = (count: number): string =>
    Array.from({ length: count }, () => Math.floor(random() * 10)).join("");
  const company = pick(companies);
  const variables = new Map<string, string>([
    ["callVariable1", from],
    ["callVariable2", `CASE-${digits(6)}`],
    ["callVariable3", pick(segments)],
    ["callVariable4", company],
    ["callVariable5", pick(cities)],
    ["callVariable6", ""],
    ["callVariable7", `${digits(2)}.${digits(2)} €`],
    ["callVariable8", "name=value&next=<none>"],
    ["callVariable9", ""],
    ["callVariable10", `00${digits(4)}`],
  ]);
  const known: Record<string, string> = {
    "user.account": digits(10),
    "user.caseId": `500${digits(9)}`,
    "user.segment": pick(segments),
    "user.language": pick(["en_GB", "de_CH", "fr_FR", "pl_PL"]),
    "user.city": pick(cities),
    "user.company": company,
    "user.email": `customer${digits(3)}@example.com`,
    "user.consent": pick(["Y", "N"]),
    "user.ivrPath": "1>3>2",
    "user.balance": `-${digits(3)}.${digits(2)}`,
    "user.note": 'Ruft zurück wegen Größe & Farbe; sagt: "später"',
    "user.tracking": `https://example.com/t?c=${digits(5)}&s=ivr`,
    "user.priority": digits(1),
    "user.session": `${digits(8)}-${digits(4)}`,
  };
  for (const name of ecc) {
    if (!name.endsWith("[]")) {
      variables.set(name, known[name] ?? "");
      continue;
    }
    const base = name.slice(0, -2);
    // Arrays of real systems are mostly declared long and filled short.
    for (let index = 0; index < 8; index++)
      variables.set(`${base}[${index}]`, index < 2 ? `${base.slice(5)} ${digits(3)}` : "");
  }
  return variables;
}
