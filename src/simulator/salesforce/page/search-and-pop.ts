import { tokenInUrl } from "../judge.ts";
import type { PopSetting, SoftphoneLayout } from "../records/fixtures.ts";
import type { Stored } from "../records/store.ts";
import { nameOf } from "../telling.ts";
import { type MethodContext, pop, WrongArguments } from "./open-cti.ts";
import { type Target } from "./view.ts";

const sections: Record<string, keyof SoftphoneLayout> = {
  inbound: "Inbound",
  outbound: "Outbound",
  internal: "Internal",
};

/** `searchAndScreenPop` (reference §3.2): searches the layout's objects, pops as its section for the call type says, or leaves that to `screenPop`. */
export function searchAndPop(args: Record<string, unknown>, context: MethodContext): Record<string, unknown> {
  const { org, page, settings, issued, actor } = context;
  const {
    searchParams: search,
    callType: given,
    deferred = false,
    queryParams,
    defaultFieldValues,
    params,
  } = args;
  if (typeof search !== "string" || search.length < 3)
    throw new WrongArguments(`searchParams must be a text of 3 characters, not ${JSON.stringify(search)}`);
  if (typeof deferred !== "boolean") throw new WrongArguments("deferred must be true or false");
  const callType = given ?? "inbound";
  const section = typeof callType === "string" ? sections[callType.toLowerCase()] : undefined;
  if (section === undefined)
    throw new WrongArguments(
      `callType must be one of sforce.opencti.CALL_TYPE, not ${JSON.stringify(given)}`,
    );
  const query = queryText(queryParams);
  const secret = tokenInUrl(`?${query}`, issued());
  if (secret !== undefined) org.complain(secret, "open-cti", actor.user.username);
  const { objects, screenPopSettings } = settings.layout[section];
  const known = Object.keys(objects).flatMap((name) => org.store.objectNamed(name) ?? []);
  const found = org.search(search, "ALL", known);
  const matches = Object.fromEntries(found.map((record) => [record.id, matchOf(record, objects)]));
  const setting =
    [screenPopSettings.NoMatch, screenPopSettings.SingleMatch][found.length] ??
    (found.length > 1 ? screenPopSettings.MultipleMatches : undefined);
  const target = targetOf(setting, { found, search, query, defaultFieldValues, params });
  const how = {
    by: "searchAndScreenPop" as const,
    search,
    callType: String(callType).toLowerCase(),
    deferred,
    matches: found.map(({ id }) => id),
  };
  if (target === undefined || deferred) {
    org.popped({ page: page.id, user: page.user.username, ...how, url: null, record: null }, []);
    return deferred ? { ...matches, SCREEN_POP_DATA: target ?? null } : matches;
  }
  pop(target, how, context);
  return matches;
}

function targetOf(
  setting: PopSetting | undefined,
  given: { found: Stored[]; search: string; query: string; defaultFieldValues: unknown; params: unknown },
): Target | undefined {
  const { found, search, query, defaultFieldValues, params } = given;
  const data = setting?.screenPopData ?? "";
  switch (setting?.screenPopType) {
    case "PopToEntity": {
      const [only, ...others] = found;
      if (only === undefined) return { type: "newRecord", params: { entityName: data, defaultFieldValues } };
      return others.length === 0
        ? { type: "sobject", params: { recordId: only.id } }
        : { type: "search", params: { searchString: search } };
    }
    case "PopToSearch":
      return { type: "search", params: { searchString: search } };
    case "PopToFlow":
      return {
        type: "flow",
        params: { flowDevName: data, flowArgs: (Object(params) as Record<string, unknown>).flowArgs },
      };
    case "PopToVisualforce":
      return { type: "url", params: { url: `/apex/${data}${query === "" ? "" : `?${query}`}` } };
    default:
      return undefined;
  }
}

/** A match as the callback gets it: the layout's fields, id and object. */
function matchOf(
  { id, object, fields }: Stored,
  objects: SoftphoneLayout["Inbound"]["objects"],
): Record<string, unknown> {
  const shown = (objects[object] ?? []).map(({ apiName }) => [apiName, fields[apiName] ?? null]);
  return { ...Object.fromEntries(shown), Name: nameOf(fields), Id: id, RecordType: object };
}

function queryText(given: unknown): string {
  if (typeof given === "string") return given.replace(/^\?/, "");
  if (typeof given !== "object" || given === null) return "";
  return new URLSearchParams(
    Object.entries(given).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
}
