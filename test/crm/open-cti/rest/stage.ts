import type { CrmRecord } from "../../../../src/crm/adapter.ts";
import type { CallLog, SalesforceSettings } from "../../../../src/crm/open-cti/contract.ts";
import type { SalesforceParts } from "../../../../src/crm/open-cti/rest/rest.ts";
import { type Clock, systemClock } from "../../../../src/platform/clock.ts";

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
