import { generateKeyPairSync } from "node:crypto";
import { CtiError } from "../../model/errors.ts";
import { type Clock, systemClock } from "../../platform/clock.ts";
import { makeCertificate } from "../server/certificates.ts";
import type { ApiCall, Complaint, Happening, Pop, SfUser, TaskView } from "./contract.ts";
import { listenSalesforceControl } from "./control-api.ts";
import { Front } from "./front.ts";
import { checkedClients, type OAuthClient } from "./oauth/clients.ts";
import { OAuth } from "./oauth/oauth.ts";
import { Tokens } from "./oauth/tokens.ts";
import { Org } from "./org.ts";
import type { PageInfo } from "./page/host.ts";
import { adapterOf, Pages } from "./page/pages.ts";
import { bytesOf } from "./random-bytes.ts";
import {
  type Sample,
  sampleCallCenter,
  sampleLayout,
  sampleRecords,
  type SoftphoneLayout,
  usersOf,
} from "./records/fixtures.ts";
import { customSchema } from "./records/schema.ts";
import { Desk } from "./desk.ts";
import { Faults } from "./faults.ts";
import { ApiLimit } from "./limits.ts";
import { RestApi } from "./rest/api.ts";
import { SalesforceServer } from "./server.ts";
import { Waits } from "./wait-for.ts";

export interface SalesforceOptions {
  /** Port of everything that Salesforce has; 0, the default: a free one. */
  port?: number;
  /** Port of the control API; 0, the default: a free one. */
  controlPort?: number;
  /** User names, `ana@example.com`; default: agents 1001 to 1003 and an integration user. */
  users?: readonly string[];
  /** The softphone page that host pages frame. */
  softphone?: string;
  /** The `allow` attribute of its frame. */
  allow?: string;
  /** Connected apps; default one without a secret, `cti-sim`, to which any loopback redirect may lead. */
  clients?: readonly OAuthClient[];
  /** Makes an RSA key for the first client's JWT bearer flow, where it has none. */
  makeKey?: boolean;
  /** User name of somebody who approves at once whatever asks in a browser. */
  autoApprove?: string;
  /** In place of the sample records. */
  records?: readonly Sample[];
  /** `Task.CTI_Key__c`: texts of 255 characters, unique, that an upsert may name. */
  customFields?: readonly string[];
  layout?: SoftphoneLayout;
  callCenter?: Record<string, string>;
  /** Milliseconds that an access token is good for; default two hours. */
  accessTokenLife?: number;
  /** A refresh token is good for one use. */
  rotateRefreshTokens?: boolean;
  /** Milliseconds between two polls of the device flow; default 5000. */
  deviceInterval?: number;
  /** API requests of a day; default 15,000. */
  dailyLimit?: number;
  /** Makes tokens, codes and ids of pages the same every time. */
  seed?: number;
  clock?: Clock;
}

/** A simulated Salesforce that listens. */
export interface SimulatedSalesforce extends Pick<
  Desk,
  "approve" | "click" | "fail" | "fault" | "heal" | "open" | "softphone" | "waiting"
> {
  /** `https://localhost:PORT`: where one signs in, the instance, Lightning. */
  url: string;
  controlUrl: string;
  /** PEM of the throw-away authority. */
  caPem: string;
  /** Consumer key of the first connected app. */
  clientId: string;
  /** PEM, PKCS #8, of the key that `makeKey` made. */
  privateKey: string | undefined;
  users: readonly SfUser[];
  calls(): ApiCall[];
  tasks(): TaskView[];
  pops(): Pop[];
  complaints(): Complaint[];
  pages(): PageInfo[];
  /** Fields of the records of an object, or of all. */
  records(object?: string): Record<string, unknown>[];
  /** Makes a record as an administrator does, past the field rules but for names; answers its id. */
  addRecord(object: string, fields: Record<string, unknown>): string;
  /** An access token at once, for those who test something else; of the first user by default. */
  token(username?: string): string;
  /** Tells the judge of a customer's call: what pops after its end is complained of, and what pops twice. */
  callBegan(number: string): void;
  callEnded(number: string): void;
  /** Resolves with what `look` finds, now or after any change, as soon as it is neither undefined nor false; rejects when the org is closed. */
  waitFor<Value>(look: () => Value | undefined | false): Promise<Value>;
  /** Each thing a person would be told; the returned function ends that. */
  watch(told: (happening: Happening) => void): () => void;
  close(): Promise<void>;
}

/** Starts a simulated Salesforce org in this process. Throws `usage` when a port is taken or an option makes no sense. */
export async function startSalesforce(options: SalesforceOptions = {}): Promise<SimulatedSalesforce> {
  const { clock = systemClock, port = 0, controlPort = 0, clients = [{ id: "cti-sim" }] } = options;
  const bytes = bytesOf(options.seed);
  const org = orgOf(options, clock);
  const { accessTokenLife: life = 7_200_000, rotateRefreshTokens: rotate = false } = options;
  const tokens = new Tokens(clock, { life, rotate, bytes });
  const limit = new ApiLimit(options.dailyLimit ?? 15_000, 0);
  const faults = new Faults();
  const { known, privateKey } = withKey(clients, options.makeKey === true);
  const [firstClient] = known;
  if (firstClient === undefined)
    throw new CtiError({ code: "usage", message: "there must be a connected app" });
  const approver = options.autoApprove;
  const autoApprove = approver === undefined ? undefined : org.userNamed(approver);
  if (approver !== undefined && autoApprove === undefined)
    throw new CtiError({ code: "usage", message: `there is no user ${approver}` });
  const base = () => server.base;
  const { deviceInterval = 5000, layout = sampleLayout } = options;
  const oauth = new OAuth({
    ...{ org, clock, tokens, base, autoApprove, deviceInterval, bytes },
    clients: checkedClients(known),
  });
  const settings = {
    layout,
    callCenter: { ...sampleCallCenter, ...options.callCenter },
    softphone: options.softphone === undefined ? undefined : adapterOf(options.softphone),
    allow: options.allow ?? "microphone; clipboard-write",
  };
  const pages = new Pages({ org, settings, base, issued: () => tokens.issued(), bytes });
  const rest = new RestApi(org, tokens, limit);
  const front = new Front({ org, tokens, rest, oauth, pages, faults, base });
  // Certificates alone go by the real time: clients judge them by theirs.
  const certificate = makeCertificate({ names: ["localhost", "127.0.0.1", "::1"], now: new Date() });
  const server = new SalesforceServer({ port, certificate, clock, front, pages });
  const desk = new Desk({ org, clock, faults, limit, oauth, pages, server, tokens });
  await server.open();
  const control = await listenSalesforceControl(desk, controlPort).catch(async (thrown: unknown) => {
    await server.close();
    throw thrown;
  });
  const waits = new Waits((watcher) => org.watch(watcher));
  return {
    url: server.base,
    controlUrl: control.url,
    caPem: certificate.ca,
    clientId: firstClient.id,
    privateKey,
    users: org.users,
    calls: () => org.calls(),
    tasks: () => org.tasks(),
    pops: () => org.pops(),
    complaints: () => org.complaints(),
    pages: () => pages.all(),
    records: (object) => desk.records(object),
    addRecord: (object, fields) => desk.addRecord(object, fields),
    token: (username) => desk.token(username, firstClient.id),
    callBegan: (number) => org.callBegan(number),
    callEnded: (number) => org.callEnded(number),
    approve: (code, user, deny) => desk.approve(code, user, deny),
    waiting: () => desk.waiting(),
    click: (number, page) => desk.click(number, page),
    open: (to, page) => desk.open(to, page),
    softphone: (address) => desk.softphone(address),
    fault: () => desk.fault(),
    fail: (name, value, more) => desk.fail(name, value, more),
    heal: () => desk.heal(),
    waitFor: (look) => waits.for(look),
    watch: (told) => org.watch((happening) => happening !== undefined && told(happening)),
    async close() {
      desk.close();
      await Promise.all([control.stop(), server.close()]);
      waits.rejectAll(new Error("the simulated Salesforce was closed"));
    },
  };
}

function orgOf({ users, records = sampleRecords, customFields = [] }: SalesforceOptions, clock: Clock): Org {
  const known = usersOf(users);
  const [first] = known;
  if (first === undefined) throw new CtiError({ code: "usage", message: "there must be a user" });
  const org = new Org(clock, known, customSchema(customFields));
  org.store.addSamples(records, first);
  return org;
}

/** The clients, the first with a key where one is wanted and it has none. */
function withKey(
  clients: readonly OAuthClient[],
  make: boolean,
): { known: readonly OAuthClient[]; privateKey: string | undefined } {
  const [first, ...others] = clients;
  if (!make || first === undefined || first.publicKey !== undefined)
    return { known: clients, privateKey: undefined };
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return { known: [{ ...first, publicKey }, ...others], privateKey };
}
