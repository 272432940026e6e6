import type { CrmRecord } from "../../../../src/crm/adapter.ts";
import type { CallLog, SalesforceSettings } from "../../../../src/crm/open-cti/contract.ts";
import { memoryStore, type TokenStore } from "../../../../src/crm/open-cti/rest/oauth/token-store.ts";
import {
  createSalesforceRest,
  type SalesforceBackEnd,
  type SalesforceParts,
} from "../../../../src/crm/open-cti/rest/rest.ts";
import { CtiError } from "../../../../src/model/errors.ts";
import { type Clock, systemClock } from "../../../../src/platform/clock.ts";
import {
  type SalesforceOptions,
  type SimulatedSalesforce,
  startSalesforce,
} from "../../../../src/simulator/salesforce/start.ts";

/** An inbound call that is over, wrapped up and noted. */
export function callLog(change: Partial<CallLog> = {}): CallLog {
  return {
    callObject: "01JGTEST:1001",
    agent: "1001",
    interaction: "01JGTEST",
    callType: "Inbound",
    number: "5551234",
    dialed: "8005550100",
    queue: "Sales",
    startedAt: "2026-01-05T09:00:00.000Z",
    answeredAt: "2026-01-05T09:00:08.000Z",
    endedAt: "2026-01-05T09:02:00.000Z",
    estimated: false,
    seconds: 112,
    disposition: "Order; Complaint",
    notes: "wants it back",
    who: undefined,
    what: undefined,
    ...change,
  };
}

export function salesforceSettings(change: Partial<SalesforceSettings> = {}): SalesforceSettings {
  return {
    login: "https://login.salesforce.com",
    clientId: "cti-sim",
    flow: "jwt",
    user: "integration@example.com",
    keyFile: undefined,
    version: "v62.0",
    country: "92",
    lastDigits: [9, 7],
    zone: "Europe/Berlin",
    externalId: undefined,
    owners: {},
    ownerField: undefined,
    port: undefined,
    ca: [],
    ...change,
  };
}

/** A connector's port that keeps all it is told. */
export class FakePort {
  readonly logged: string[] = [];
  readonly traced: CrmRecord[] = [];
  readonly secrets: string[] = [];
  readonly port: SalesforceParts["port"];

  constructor(clock: Clock = systemClock) {
    this.port = {
      clock,
      log: (level, message) => void this.logged.push(`${level} ${message}`),
      trace: (record) => void this.traced.push(record),
      addSecret: (secret) => void this.secrets.push(secret),
    };
  }

  /** Everything that a log or a trace would hold. */
  get text(): string {
    const masked = this.traced.map((record) => record.masked?.() ?? "");
    return [...this.logged, JSON.stringify(this.traced), ...masked].join("\n");
  }
}

/** A stand-in org and a back end that uses it. */
export interface Stage extends AsyncDisposable {
  org: SimulatedSalesforce;
  fake: FakePort;
  rest: SalesforceBackEnd;
  /** Another process at the same org: a restart. */
  another(change?: Partial<SalesforceSettings>): SalesforceBackEnd;
}

export async function openStage(
  options: SalesforceOptions = {},
  change: Partial<SalesforceSettings> = {},
  { clock = systemClock, store = memoryStore(), requestTime }: StageOptions = {},
): Promise<Stage> {
  const org = await startSalesforce({ makeKey: true, ...options });
  const fake = new FakePort(clock);
  const made: SalesforceBackEnd[] = [];
  const another: Stage["another"] = (more = {}) => {
    const settings = salesforceSettings({ login: org.url, ca: [org.caPem], ...change, ...more });
    const key = settings.flow === "jwt" ? org.privateKey : undefined;
    const time = requestTime === undefined ? {} : { requestTime };
    const rest = createSalesforceRest({ settings, key, store, port: fake.port, ...time });
    made.push(rest);
    return rest;
  };
  return {
    org,
    fake,
    rest: another(),
    another,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(made.map((each) => each.close()));
      await org.close();
    },
  };
}

interface StageOptions {
  clock?: Clock;
  store?: TokenStore;
  requestTime?: number;
}

/** What was thrown, which is a CtiError. */
export async function failure(work: Promise<unknown>): Promise<CtiError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CtiError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

export const forever = new AbortController().signal;
