import type { PageSettings } from "./page/contract.ts";

/**
 * The seams between the parts of this adapter. `logs.ts` knows what is to be logged of a call; a back end writes it: `rest/` into Salesforce by
 * its REST API, the softphone page by Open CTI, `webhooks/` to any program that listens.
 */

/** One agent's leg of a contact, as a CRM logs it (open-cti.md §5). One record each, however often it is written. */
export interface CallLog {
  /** Interaction and agent, `01J…:1001`: the idempotency key of the record, kept in CallObject. */
  callObject: string;
  agent: string;
  interaction: string;
  callType: "Inbound" | "Outbound" | "Internal";
  /** The number at the customer's end. */
  number: string;
  /** The number that the customer dialled. */
  dialed: string | undefined;
  queue: string | undefined;
  /** ISO 8601 UTC. */
  startedAt: string;
  answeredAt: string | undefined;
  endedAt: string | undefined;
  /** Its end was not seen. */
  estimated: boolean;
  /** Seconds of talk; 0 of a call that nobody answered, `undefined` while it goes on. */
  seconds: number | undefined;
  /** Wrap-up reasons, joined by `; `. */
  disposition: string | undefined;
  /** What the agent wrote. */
  notes: string | undefined;
  /** Records that the call is about: a person (Contact, Lead), and a thing (Account, Case, Opportunity). */
  who: string | undefined;
  what: string | undefined;
}

/** A record that a number was found in. */
export interface Match {
  id: string;
  /** `Contact`, `Lead`, `Account`… */
  type: string;
  name: string;
}

/** Salesforce without a page (open-cti.md §6). Everything throws CtiError; words of Salesforce's own stand in `why`. */
export interface SalesforceRest {
  /** Contacts before Leads before Accounts, each record once. */
  search(number: string, signal: AbortSignal): Promise<Match[]>;
  /** Creates the Task of a call, or updates the one there is: looked up by CallObject before a create is tried again. */
  saveTask(log: CallLog, signal: AbortSignal): Promise<{ id: string; created: boolean }>;
  /** Where a person sees a record: `https://DOMAIN/lightning/r/Contact/003…/view`. */
  recordUrl(match: Match): string;
  /** Where a person makes a Contact with this number. */
  newContactUrl(number: string): string;
  /** Requests left of the org's day, as last heard. */
  limits(): { used: number; most: number } | undefined;
}

export interface OpenCtiSettings {
  salesforce: SalesforceSettings | undefined;
  webhooks: WebhookSettings;
  /** `undefined`: no softphone page is served. */
  page: PageSettings | undefined;
  /** When the caller's record comes up. Default `ring`. */
  popAt: "ring" | "answer";
  /** What comes up for a caller nobody knows, without a page; with one the org's Softphone Layout says it. Default `nothing`. */
  noMatch: "nothing" | "new-contact";
  /** When the record of a call is made first. Default `end`. */
  logAt: "answer" | "end";
  /** Calls that nobody answered are logged too. */
  logMissed: boolean;
  /** Milliseconds for which records are kept for a CRM that is away. Default 24 h. */
  keepRecords: number;
  /** Seconds an agent is left as he is when nobody is there any more. */
  unattendedAfter: number;
}

export interface SalesforceSettings {
  /** Where one signs in: `https://login.salesforce.com`, or the org's My Domain. */
  login: string;
  clientId: string;
  /** `jwt`: unattended, with a key; `device` and `pkce`: a person signs in once, `cti open-cti sign-in`. */
  flow: "jwt" | "device" | "pkce";
  /** Of `jwt`: the user that acts. */
  user: string | undefined;
  /** REST API version: `v62.0`. */
  version: string;
  /** Of `jwt`: the file of the private key, absolute; it may also be in CTI_SALESFORCE_KEY or the key store. */
  keyFile: string | undefined;
  /** The default country for numbers without one, digits: `49`. */
  country: string | undefined;
  /** How much of a number's end is looked for where nothing has the whole, longest first. Default `[9, 7]`. */
  lastDigits: number[];
  /** Time zone of a Task's date: `Europe/Berlin`; `undefined`: the machine's. */
  zone: string | undefined;
  /** A unique external-id field of Task, `CTI_Call__c`: with it no race can make two. */
  externalId: string | undefined;
  /** Whose Task it is, agent to user name or id; or the field of User that holds the agent's id. Neither: whoever signed in. */
  owners: Record<string, string>;
  ownerField: string | undefined;
  /** Of `pkce`: the callback's port, as the app has it, default 8114; `undefined`: any that is free. */
  port: number | undefined;
  /** PEM texts, where Salesforce's certificate is not a public one (tests, proxies that look inside). */
  ca: string[];
}

export interface WebhookSettings {
  targets: WebhookTarget[];
  /** Where commands come in; `undefined`: none do. */
  inbound: { host: string; port: number; tls: { cert: string; key: string } | undefined } | undefined;
  /** Networks that targets may be in besides public ones: `10.1.0.0/16`. */
  allowNetworks: string[];
}

export interface WebhookTarget {
  /** In the configuration, `[adapters.open-cti.webhooks.NAME]`; its secret is CTI_WEBHOOK_NAME_SECRET or in the key store. */
  name: string;
  url: string;
  /** Event types and families; default calls and agent states. */
  events: string[];
  /** Also values of call variables. */
  variables: boolean;
}
