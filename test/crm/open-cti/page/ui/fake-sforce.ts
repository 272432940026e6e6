import type { FromPage } from "../../../../../src/crm/open-cti/page/protocol.ts";
import { CrmSide } from "../../../../../src/crm/open-cti/page/ui/crm-side.ts";
import { OpenCti, type Response, type Sforce } from "../../../../../src/crm/open-cti/page/ui/open-cti.ts";
import { SavedLogs, type StorageLike } from "../../../../../src/crm/open-cti/page/ui/saved-logs.ts";

type Call = { method: string; given: Record<string, unknown>; answer: (response: Response) => void };

export class MemoryStorage implements StorageLike {
  readonly kept = new Map<string, string>();
  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.kept.set(key, value);
  }
}

export const ok = (returnValue: unknown): Response => ({ success: true, returnValue, errors: null });
export const no = (code: string, description: string): Response => ({
  success: false,
  returnValue: null,
  errors: [{ code, description }],
});

/** Salesforce, as a page sees it; what is called waits for its answer. `storage`: the browser's, which outlives a page. */
export function salesforce(storage: StorageLike | undefined = new MemoryStorage()) {
  const calls: Call[] = [];
  const timers = new Map<() => void, number>();
  const methods = [
    "searchAndScreenPop",
    "screenPop",
    "saveLog",
    "enableClickToDial",
    "disableClickToDial",
    "onClickToDial",
    "setSoftphonePanelVisibility",
    "notifyInitializationComplete",
    "getCallCenterSettings",
    "getSoftphoneLayout",
  ];
  const sforce: Sforce = {
    SCREENPOP_TYPE: { SOBJECT: "sobject" },
    CALL_TYPE: { INBOUND: "inbound", OUTBOUND: "outbound", INTERNAL: "internal" },
    ...Object.fromEntries(
      methods.map((method) => [
        method,
        (given: Record<string, unknown> = {}) => {
          const { callback, ...rest } = given;
          calls.push({ method, given: rest, answer: callback as Call["answer"] });
        },
      ]),
    ),
  };
  const sent: FromPage[] = [];
  const said: string[] = [];
  const crm = new CrmSide({
    openCti: new OpenCti(sforce, (milliseconds, then) => {
      timers.set(then, milliseconds);
      return () => void timers.delete(then);
    }),
    saved: new SavedLogs(storage),
    send: (message) => void sent.push(message),
    clicked: () => undefined,
    said: (text) => void said.push(text),
  });
  const called = (method: string): Call => {
    const at = calls.findIndex((call) => call.method === method);
    if (at < 0)
      throw new Error(`${method} was not called, but ${calls.map((call) => call.method).join(", ")}`);
    return calls.splice(at, 1)[0] as Call;
  };
  /** Salesforce never answers. */
  const silence = (): void => {
    for (const then of [...timers.keys()]) then();
  };
  return { crm, calls, called, sent, said, silence, storage };
}
