import type { CallLog, Match } from "../../contract.ts";
import { words } from "./words.ts";

/** What a callback of Open CTI is given (open-cti.md §3). */
export interface Response {
  success: boolean;
  returnValue?: unknown;
  errors?: { code?: string; description?: string; details?: unknown }[] | null;
}

type Method = (given: Record<string, unknown>) => void;

/** `sforce.opencti` as this page uses it: each method takes one object; some older releases lack some. */
export interface Sforce {
  SCREENPOP_TYPE: Readonly<Record<string, string>>;
  CALL_TYPE: Readonly<Record<string, string>>;
  [method: string]: Method | Readonly<Record<string, string>>;
}

/** A number that was clicked in Salesforce. */
export interface Click {
  number: string;
  recordId: string | undefined;
  objectType: string | undefined;
  recordName: string | undefined;
}

/** Salesforce said no, or nothing. */
export class OpenCtiError extends Error {
  override readonly name = "OpenCtiError";
  /** It may have been done all the same. */
  readonly unknown: boolean;

  constructor(message: string, unknown: boolean) {
    super(message);
    this.unknown = unknown;
  }
}

/** What a search found, and what is to be popped of it later. */
export interface Found {
  matches: Match[];
  /** Of a deferred search; `undefined` when its layout pops nothing. */
  screenPop: { type: string; params: unknown } | undefined;
}

/** Fields that a softphone layout wants to see of a call, by its direction. */
export type SoftphoneLayout = Record<"Inbound" | "Outbound" | "Internal", readonly string[] | undefined>;

/** Seconds for which Salesforce has time to answer. */
const patience = { ordinary: 15, save: 30 };

/** Calls of Open CTI as promises: with a time-out, and errors in words. Throws OpenCtiError. */
export class OpenCti {
  readonly #sforce: Sforce;
  readonly #after: (milliseconds: number, then: () => void) => () => void;

  constructor(sforce: Sforce, after: (milliseconds: number, then: () => void) => () => void) {
    this.#sforce = sforce;
    this.#after = after;
  }

  /**
   * Searches for the number and pops what the org's softphone layout says of its direction; `deferred` searches only. §3.2.
   */
  async search(number: string, callType: CallLog["callType"], deferred: boolean): Promise<Found> {
    const value = await this.#ask("searchAndScreenPop", {
      searchParams: number,
      queryParams: "",
      defaultFieldValues: { Phone: number },
      callType: this.#sforce.CALL_TYPE[callType.toUpperCase()] ?? callType.toLowerCase(),
      deferred,
    });
    return readFound(value);
  }

  /** Pops what a deferred search left. */
  async popDeferred({ type, params }: { type: string; params: unknown }): Promise<void> {
    await this.#ask("screenPop", { type, params });
  }

  async popRecord(recordId: string): Promise<void> {
    await this.#ask("screenPop", {
      type: this.#sforce.SCREENPOP_TYPE.SOBJECT ?? "sobject",
      params: { recordId },
    });
  }

  /** Creates the record, or updates the one that has `Id`; answers its id. `late`: told an id that came after the time-out. */
  async saveLog(value: Record<string, unknown>, late: (id: string) => void): Promise<string> {
    const answered = await this.#ask("saveLog", { value }, patience.save, (response) => {
      const id = response.success ? recordIdOf(response.returnValue) : undefined;
      if (id !== undefined) late(id);
    });
    const id = recordIdOf(answered) ?? (typeof value.Id === "string" ? value.Id : undefined);
    if (id === undefined) throw new OpenCtiError(words.openCti.noId, true);
    return id;
  }

  async setClickToDial(on: boolean): Promise<void> {
    await this.#ask(on ? "enableClickToDial" : "disableClickToDial", {});
  }

  onClickToDial(clicked: (click: Click) => void): void {
    this.#call("onClickToDial", {
      listener: (payload: unknown) => {
        const click = readClick(payload);
        if (click !== undefined) clicked(click);
      },
    });
  }

  async showPanel(): Promise<void> {
    await this.#ask("setSoftphonePanelVisibility", { visible: true });
  }

  /** Tells Salesforce that this page is up, or it would turn to the stand-by address (§4). */
  notifyInitializationComplete(): void {
    this.#call("notifyInitializationComplete");
  }

  /** Items of the call center by their paths, `/reqGeneralInfo/reqAdapterUrl`. */
  async callCenterSettings(): Promise<Record<string, string>> {
    const value = await this.#ask("getCallCenterSettings", {});
    return Object.fromEntries(Object.entries(recordFrom(value)).map(([name, item]) => [name, String(item)]));
  }

  async layout(): Promise<SoftphoneLayout> {
    const value = recordFrom(await this.#ask("getSoftphoneLayout", {}));
    const fieldsOf = (section: string): readonly string[] | undefined => {
      const fields = recordFrom(value[section]).callRelatedFields;
      return Array.isArray(fields) ? fields.map(String) : undefined;
    };
    return { Inbound: fieldsOf("Inbound"), Outbound: fieldsOf("Outbound"), Internal: fieldsOf("Internal") };
  }

  #call(method: string, given?: Record<string, unknown>): void {
    const known = this.#sforce[method];
    if (typeof known !== "function") throw new OpenCtiError(`${method}: ${words.openCti.failed}`, false);
    if (given === undefined) (known as () => void).call(this.#sforce);
    else known.call(this.#sforce, given);
  }

  #ask(
    method: string,
    given: Record<string, unknown>,
    seconds = patience.ordinary,
    late: (response: Response) => void = () => undefined,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let over = false;
      const forget = this.#after(seconds * 1000, () => {
        over = true;
        reject(new OpenCtiError(words.openCti.timeout(seconds), true));
      });
      const callback = (response: Response): void => {
        if (over) {
          late(response);
          return;
        }
        over = true;
        forget();
        if (response.success) resolve(response.returnValue);
        else reject(refusal(response));
      };
      try {
        this.#call(method, { ...given, callback });
      } catch (thrown) {
        over = true;
        forget();
        reject(
          thrown instanceof OpenCtiError
            ? thrown
            : new OpenCtiError(thrown instanceof Error ? thrown.message : String(thrown), false),
        );
      }
    });
  }
}

/** Codes under which Salesforce's page tells of a request whose answer never came. */
const vague = /^(?:|GENERIC_PROCESSING_ERROR|UNKNOWN.*|.*TIMEOUT.*|.*NETWORK.*|SERVER_.*)$/i;

function refusal({ errors }: Response): OpenCtiError {
  const told = (errors ?? []).map(({ code, description }) =>
    [description, code === undefined || code === "" ? undefined : `(${code})`]
      .filter((part) => part !== undefined)
      .join(" "),
  );
  const message = told.filter((part) => part !== "").join("; ");
  const unknown = (errors ?? []).every(({ code }) => vague.test(code ?? ""));
  return new OpenCtiError(message === "" ? words.openCti.failed : message, unknown);
}

/** Kinds of records by the first letters of their ids: what Salesforce's search does not always say. */
const kinds: Readonly<Record<string, string>> = {
  "001": "Account",
  "003": "Contact",
  "005": "User",
  "006": "Opportunity",
  "00Q": "Lead",
  "500": "Case",
};

/** More than that nobody chooses from. */
const mostMatches = 50;
/** Characters of a record's name. */
const longestName = 255;

/** People before companies, as our own search has them. */
const order = ["Contact", "Lead", "Account"];

function readFound(value: unknown): Found {
  const { SCREEN_POP_DATA: data, ...records } = recordFrom(value);
  const matches = Object.entries(records).flatMap(([id, record]): Match[] => {
    if (!/^[A-Za-z0-9]{15,18}$/.test(id) || typeof record !== "object" || record === null) return [];
    const { RecordType, object, Name, name } = recordFrom(record);
    const type =
      [RecordType, object].find((one) => typeof one === "string" && one !== "") ?? kinds[id.slice(0, 3)];
    const called = [Name, name].find((one) => typeof one === "string" && one !== "");
    return [
      {
        id,
        type: typeof type === "string" && /^\w{1,80}$/.test(type) ? type : "Record",
        name: typeof called === "string" ? called.slice(0, longestName).toWellFormed() : id,
      },
    ];
  });
  const rank = ({ type }: Match): number => (order.includes(type) ? order.indexOf(type) : order.length);
  const { type, params } = recordFrom(data);
  return {
    matches: matches.sort((one, other) => rank(one) - rank(other)).slice(0, mostMatches),
    screenPop: typeof type === "string" ? { type, params } : undefined,
  };
}

function readClick(payload: unknown): Click | undefined {
  const { number, recordId, objectType, recordName } = recordFrom(payload);
  if (typeof number !== "string" || number.trim() === "") return undefined;
  const text = (value: unknown): string | undefined =>
    typeof value === "string" && value !== "" ? value : undefined;
  return {
    number,
    recordId: text(recordId),
    objectType: text(objectType),
    recordName: text(recordName)?.slice(0, longestName).toWellFormed(),
  };
}

function recordIdOf(value: unknown): string | undefined {
  const { recordId } = recordFrom(value);
  return typeof recordId === "string" && recordId !== "" ? recordId : undefined;
}

function recordFrom(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
