import type { Call } from "../../../../model/call.ts";
import {
  type CallLayout,
  entriesOf,
  labelOf,
  layoutFor,
  type LayoutEntry,
  valueOf,
} from "../../../../model/call-layout.ts";

/** A call variable as people read it. */
export interface Datum {
  label: string;
  value: string;
  /** What Finesse calls it. */
  variable: string;
}

export interface CallContent {
  /** What names the call, in its layout. */
  header: Datum | undefined;
  /** What else its layout shows, in that order; without a layout all there is. */
  data: Datum[];
  /** The rest, for whoever wants to know all. */
  others: Datum[];
}

/** What a call brought along, as Finesse's administrator laid it out; while it rings only what is to be seen before one answers. */
export function contentOf(
  { variables }: Pick<Call, "variables">,
  layouts: readonly CallLayout[] | undefined,
  rings: boolean,
): CallContent {
  const raw = Object.entries(variables)
    .filter(([, value]) => value.trim() !== "")
    .map(([variable, value]): Datum => ({ label: variable, value, variable }));
  const layout = layoutFor(layouts ?? [], variables);
  const hasValue = (entry: LayoutEntry): boolean => valueOf(entry, variables) !== "";
  // A layout that was made for other calls tells nothing of this one.
  if (layout === undefined || !entriesOf(layout).some(hasValue))
    return { header: undefined, data: raw, others: [] };
  const isShown = (entry: LayoutEntry): boolean => hasValue(entry) && !(rings && entry.inPopOver === false);
  const datumOf = (entry: LayoutEntry): Datum => ({
    label: labelOf(entry),
    value: valueOf(entry, variables),
    variable: entry.variable,
  });
  const { header } = layout;
  const seen = new Set<string>();
  const isNew = (entry: LayoutEntry): boolean =>
    !seen.has(entry.variable) && seen.add(entry.variable).size > 0;
  const shown = entriesOf(layout).filter((entry) => isShown(entry) && isNew(entry));
  return {
    header: header !== undefined && shown.includes(header) ? datumOf(header) : undefined,
    data: shown.filter((entry) => entry !== header).map(datumOf),
    others: raw.filter(({ variable }) => !seen.has(variable)),
  };
}
