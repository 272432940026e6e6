import type { Problem } from "../contract.ts";
import { tokenInUrl } from "../judge.ts";
import type { Actor, Org } from "../org.ts";
import { SfError } from "../sf-error.ts";
import type { HostPage, PageSettings } from "./host.ts";
import { searchAndPop } from "./search-and-pop.ts";
import { popTypes, type Target, viewInfo, viewOf } from "./view.ts";

/** What a method's callback is given (reference §3). */
export interface Response {
  success: boolean;
  returnValue: unknown;
  errors: { code: string; description: string; details: unknown }[] | null;
}

export interface MethodContext {
  org: Org;
  page: HostPage;
  settings: PageSettings;
  base: string;
  actor: Actor;
  /** Tokens that were given out, for the judge. */
  issued(): Iterable<string>;
  /** Shows something on the page and tells who listens. */
  show(view: HostPage["view"]): void;
}

/** Methods that Salesforce's servers answer, not the page: faults reach these. The host page's script has the list too. */
export const serverMethods: ReadonlySet<string> = new Set([
  "saveLog",
  "searchAndScreenPop",
  "getCallCenterSettings",
  "getSoftphoneLayout",
  "runApex",
]);

/** Does what a method of `sforce.opencti` does; `args` as given, without the functions. Throws nothing but bugs. */
export function perform(method: string, args: Record<string, unknown>, context: MethodContext): Response {
  try {
    return succeeded(performed(method, args, context));
  } catch (thrown) {
    if (thrown instanceof SfError) return refusal(thrown);
    if (!(thrown instanceof WrongArguments)) throw thrown;
    complain(context, { kind: thrown.kind, text: `${method}: ${thrown.message}` });
    return failed([{ code: "INVALID_ARGUMENTS", description: thrown.message, details: null }]);
  }
}

/** Salesforce's refusal as a method's callback gets it. */
export function refusal({ entries }: SfError): Response {
  return failed(
    entries.map(({ errorCode, message, fields }) => ({
      code: errorCode,
      description: message,
      details: { fieldErrors: Object.fromEntries((fields ?? []).map((field) => [field, [{ message }]])) },
    })),
  );
}

/** A call that the script in the frame did not let pass. */
export function unfit(method: string, message: string, context: MethodContext): Response {
  complain(context, { kind: "wrong-arguments", text: `${method}: ${message}` });
  return failed([{ code: "INVALID_ARGUMENTS", description: message, details: null }]);
}

/** The arguments are not what the method takes. */
export class WrongArguments extends Error {
  readonly kind: Problem["kind"];

  constructor(message: string, kind: Problem["kind"] = "wrong-arguments") {
    super(message);
    this.kind = kind;
  }
}

function performed(method: string, args: Record<string, unknown>, context: MethodContext): unknown {
  const { org, page, settings, base } = context;
  switch (method) {
    case "enableClickToDial":
    case "disableClickToDial":
      return changed(page, () => (page.clickToDial = method === "enableClickToDial"));
    case "onClickToDial":
    case "onNavigationChange":
      page.listeners.add(method);
      return null;
    case "getAppViewInfo":
      return viewInfo(org, base, page.view);
    case "getCallCenterSettings":
      return { ...settings.callCenter, "/reqGeneralInfo/reqAdapterUrl": page.adapter?.href ?? "" };
    case "getSoftphoneLayout":
      return settings.layout;
    case "isSoftphonePanelVisible":
      return { visible: page.panel.visible };
    case "setSoftphonePanelVisibility":
      return changed(page, () => (page.panel.visible = typed(args, "visible", "boolean")));
    case "setSoftphonePanelHeight":
      return changed(page, () => (page.panel.height = pixels(args, "heightPX")));
    case "setSoftphonePanelWidth":
      return changed(page, () => (page.panel.width = pixels(args, "widthPX")));
    case "setSoftphonePanelLabel":
      return changed(page, () => (page.panel.label = typed(args, "label", "string")));
    case "setSoftphonePanelIcon":
      return changed(page, () => (page.panel.icon = typed(args, "key", "string")));
    case "setSoftphoneItemLabel":
      return changed(page, () => (page.item.label = typed(args, "label", "string")));
    case "setSoftphoneItemIcon":
      return changed(page, () => (page.item.icon = typed(args, "key", "string")));
    case "notifyInitializationComplete":
      return changed(page, () => (page.initialized = true));
    case "refreshView":
      page.draw();
      return true;
    case "saveLog":
      return saveLog(args, context);
    case "screenPop":
      return screenPop(args, context);
    case "searchAndScreenPop":
      return searchAndPop(args, context);
    case "runApex":
      throw new WrongArguments(`the stub has no Apex class ${String(args.apexClass)}`);
    default:
      throw new WrongArguments(`sforce.opencti has no method ${method}`, "unknown-method");
  }
}

function saveLog({ value }: Record<string, unknown>, { org, actor }: MethodContext): { recordId: string } {
  if (typeof value !== "object" || value === null) throw new WrongArguments("value must be an object");
  const { entityApiName, Id: id, ...fields } = value as Record<string, unknown>;
  if (typeof id === "string" && id !== "") {
    org.update(id, fields, actor);
    return { recordId: id };
  }
  if (typeof entityApiName !== "string") throw new WrongArguments("value has no entityApiName");
  return { recordId: org.create(org.objectNamed(entityApiName), fields, actor) };
}

function screenPop({ type, params }: Record<string, unknown>, context: MethodContext): unknown {
  const known = popTypes.find((each) => each === type);
  if (known === undefined)
    throw new WrongArguments(
      `type must be one of sforce.opencti.SCREENPOP_TYPE, not ${JSON.stringify(type)}`,
    );
  if (typeof params !== "object" || params === null) throw new WrongArguments("params must be an object");
  pop({ type: known, params: { ...params } }, { by: "screenPop", deferred: false, matches: [] }, context);
  return null;
}

/** Shows a target on the page and records it. */
export function pop(
  target: Target,
  how: {
    by: "screenPop" | "searchAndScreenPop";
    search?: string;
    callType?: string;
    deferred: boolean;
    matches: string[];
  },
  { org, page, issued, show, actor }: MethodContext,
): void {
  const view = viewOf(org, target);
  if (typeof view === "string") throw new WrongArguments(view);
  const secret = tokenInUrl(view.url, issued());
  if (secret !== undefined) org.complain(secret, "open-cti", actor.user.username);
  const phones = view.record?.fields.filter(({ phone }) => phone).map(({ value }) => value) ?? [];
  const { record } = view;
  org.popped(
    {
      page: page.id,
      user: page.user.username,
      ...how,
      matches: how.matches.length === 0 && record !== undefined ? [record.id] : how.matches,
      url: view.url,
      record: record === undefined ? null : `${view.title} (${record.object})`,
    },
    phones,
  );
  show(view);
}

function changed(page: HostPage, change: () => unknown): true {
  change();
  page.draw();
  return true;
}

interface Types {
  boolean: boolean;
  string: string;
  number: number;
}

function typed<Name extends keyof Types>(
  args: Record<string, unknown>,
  name: string,
  type: Name,
): Types[Name] {
  const value = args[name];
  if (typeof value === type) return value as Types[Name];
  throw new WrongArguments(`${name} must be a ${type}`);
}

function pixels(args: Record<string, unknown>, name: string): number {
  const value = typed(args, name, "number");
  if (Number.isFinite(value) && value >= 0) return value;
  throw new WrongArguments(`${name} must be a number of pixels`);
}

function complain({ org, actor }: MethodContext, problem: Problem): void {
  org.complain(problem, "open-cti", actor.user.username);
}

const succeeded = (returnValue: unknown): Response => ({ success: true, returnValue, errors: null });
const failed = (errors: NonNullable<Response["errors"]>): Response => ({
  success: false,
  returnValue: null,
  errors,
});
