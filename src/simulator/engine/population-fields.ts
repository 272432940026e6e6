import { CtiError } from "../../model/errors.ts";

// Each says which field is wrong, with `where` it stands: whoever wrote the document has to find it.

/** An object with members of any kind. */
export function fields(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(where, "must be an object");
  return { ...value };
}

export function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw invalid(where, "must be a list");
  return value;
}

/** A text that is not empty; a number will do, for ids. */
export function text(given: Record<string, unknown>, key: string, where: string, otherwise?: string): string {
  const value = given[key] ?? otherwise;
  if (typeof value === "number") return String(value);
  if (typeof value !== "string" || value === "") throw invalid(`${where}.${key}`, "must be a text");
  return value;
}

export function number(
  given: Record<string, unknown>,
  key: string,
  where: string,
  otherwise?: number,
): number {
  const value = given[key] ?? otherwise;
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0)
    throw invalid(`${where}.${key}`, "must be a number, 0 or more");
  return value;
}

export function flag(given: Record<string, unknown>, key: string, otherwise: boolean): boolean {
  const value = given[key] ?? otherwise;
  if (typeof value !== "boolean") throw invalid(key, "must be true or false");
  return value;
}

export function invalid(field: string, problem: string): CtiError {
  return new CtiError({ code: "input-invalid", message: `The population is wrong: ${field} ${problem}.` });
}
