/** What agents see of a call's data, under which names and in which order, as Finesse's administrator has it (reference/finesse.md §11). */
export interface CallLayout {
  /** Last part of its uri; empty when Finesse does not say. */
  id: string;
  /** Empty when Finesse does not say. */
  name: string;
  description: string | undefined;
  /** Empty when Finesse does not say. */
  type: "DEFAULT" | "CUSTOM" | (string & {});
  /** The one that names a call. */
  header: LayoutEntry | undefined;
  /** Left and right, each from the top; a column may be empty. */
  columns: LayoutEntry[][];
}

export interface LayoutEntry {
  /** What people read; may be empty. */
  displayName: string;
  /** Name of a call variable, as in `Call.variables`. */
  variable: string;
  /** Whether it is shown while the call rings; `undefined` when Finesse does not say, as older releases do not. */
  inPopOver: boolean | undefined;
  editable: boolean | undefined;
}

/**
 * The variable in which a routing script names the layout of a call. Our reference does not have it: Cisco's guides to custom layouts do,
 * as `user.layout` on Unified CCX and with a capital L elsewhere.
 */
const choosing = "user.layout";

/**
 * The layout for a call of these variables: the one they name, else the default. `undefined` when there is none. A name that no layout has
 * is no choice.
 */
export function layoutFor(
  layouts: readonly CallLayout[],
  variables: Readonly<Record<string, string>>,
): CallLayout | undefined {
  const [, wanted = ""] = Object.entries(variables).find(([name]) => name.toLowerCase() === choosing) ?? [];
  const named = wanted.trim() === "" ? undefined : layouts.find(({ name }) => name === wanted.trim());
  return named ?? layouts.find(({ type }) => type.toUpperCase() === "DEFAULT") ?? layouts[0];
}

/** What a call has for an entry, without white space around it; empty when nothing. */
export function valueOf(
  { variable }: Pick<LayoutEntry, "variable">,
  variables: Readonly<Record<string, string>>,
): string {
  return Object.hasOwn(variables, variable) ? (variables[variable] ?? "").trim() : "";
}

/** All that a layout shows, its header first. */
export function entriesOf({ header, columns }: CallLayout): LayoutEntry[] {
  return [...(header === undefined ? [] : [header]), ...columns.flat()];
}

/** What an entry is called: the variable's own name where the administrator gave none. */
export function labelOf({ displayName, variable }: LayoutEntry): string {
  return displayName === "" ? variable : displayName;
}
