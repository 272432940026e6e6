import type { AdapterHealth } from "../../model/adapter.ts";
import { CtiError, toCtiError } from "../../model/errors.ts";
import type { CtiEvent } from "../../model/events.ts";
import type { CrmAdapter, CtiPort, Delivery, Json, Outbox, SendResult } from "../adapter.ts";
import { pageDesk, programDesk } from "./desks.ts";
import { certificateDirectory, tokenStoreOf } from "./home.ts";
import { health, stateOf } from "./health.ts";
import { openAddress } from "./open-address.ts";
import type { SoftphonePages } from "./page/contract.ts";
import { createSoftphonePages } from "./page/pages.ts";
import { goesOn, popKind, Pops } from "./pops.ts";
import { CallRecords, otherVersion, recordKind } from "./records.ts";
import { createSalesforceRest, type SalesforceBackEnd } from "./rest/rest.ts";
import { SalesforceWatch } from "./salesforce-watch.ts";
import type { OpenCtiTable } from "./settings.ts";
import { connectorSource, webhookKind } from "./webhooks/cloud-event.ts";
import { InboundCommands } from "./webhooks/inbound.ts";
import { type InboundServer, serveInbound } from "./webhooks/server.ts";
import { secretTexts, webhookSecretsOf } from "./webhooks/secrets.ts";
import { Webhooks } from "./webhooks/webhooks.ts";
import { recordWriter } from "./writer.ts";

/** Milliseconds between two looks at what nobody attends to, and at what could not be reached. */
const sweepEvery = 60_000;
const againAfter = 15_000;

/** From what `readOpenCtiSettings` made in the face. */
export function createOpenCti(settings: unknown, secrets: Record<string, string>): CrmAdapter {
  // They came through the guardian from our own reader; nobody else writes there.
  return new OpenCtiAdapter(settings as OpenCtiTable, secrets);
}

interface Work {
  port: CtiPort;
  records: CallRecords;
  pops: Pops;
  webhooks: Webhooks;
  rest: SalesforceBackEnd | undefined;
  watch: SalesforceWatch;
  pages: SoftphonePages | undefined;
}

/**
 * Salesforce and whatever else listens (open-cti.md): the softphone page with Open CTI, the REST interface, webhooks. Each is a back end of its
 * own; what is known of calls, and what is owed for them, is common.
 */
export class OpenCtiAdapter implements CrmAdapter {
  readonly name = "open-cti";
  readonly #settings: OpenCtiTable;
  readonly #secrets: Record<string, string>;
  #work: Work | undefined;
  #inbound: InboundServer | undefined;
  #phase: "starting" | "started" | "stopped" = "starting";
  /** The state last told, and since when it is so. */
  #told: { state: AdapterHealth["state"]; since: string } = {
    state: "starting",
    since: new Date(0).toISOString(),
  };
  /** Why something of ours does not listen. */
  readonly #deaf = new Map<"softphone" | "webhooks", CtiError>();
  /** What agents are called besides; their records may be written when they are signed out. */
  readonly #names = new Map<string, string[]>();
  #cancels = new Set<() => void>();

  constructor(settings: OpenCtiTable, secrets: Record<string, string>) {
    this.#settings = settings;
    this.#secrets = secrets;
  }

  load(port: CtiPort): void {
    const { salesforce, page, webhooks: hooks } = this.#settings;
    const webhookSecrets = webhookSecretsOf(this.#secrets);
    for (const text of secretTexts(webhookSecrets)) port.addSecret(text);
    const watch = new SalesforceWatch(port.log, () => this.#tell());
    const rest =
      salesforce === undefined
        ? undefined
        : createSalesforceRest({
            settings: salesforce,
            key: this.#secrets.salesforceKey,
            store: tokenStoreOf(this.#settings),
            port,
            onResult: (error) => watch.heard(error),
            namesOf: (agent) => this.#names.get(agent) ?? [],
          });
    const webhooks = new Webhooks({
      targets: hooks.targets,
      allowNetworks: hooks.allowNetworks,
      secrets: webhookSecrets.targets,
      source: connectorSource(),
      port,
    });
    const pages =
      page === undefined
        ? undefined
        : createSoftphonePages(
            page,
            pageDesk(() => this.#at()),
            {
              directory: certificateDirectory(this.#settings.home),
            },
          );
    const records = new CallRecords({
      settings: this.#settings,
      port,
      writer: recordWriter({ rest, pages, script: page?.script }),
      onChange: (agent) => this.#tellPages(agent),
      onWrite: (log, version, out, cause) => webhooks.oweLog(log, version, out, cause),
    });
    const pops = new Pops({
      popAt: this.#settings.popAt,
      port,
      pages: page?.script === undefined ? undefined : pages,
      search: rest === undefined ? undefined : (number, signal) => rest.search(number, signal),
      open: this.#opener(rest),
      recordUrl: rest === undefined ? undefined : (match) => rest.recordUrl(match),
      newContactUrl:
        rest === undefined || this.#settings.noMatch === "nothing"
          ? undefined
          : (number) => rest.newContactUrl(number),
      matched: (callObject, matches) => records.matched(callObject, matches),
      goesOn: (agent, interaction) => goesOn(port.status(agent), interaction),
    });
    webhooks.load(port.kept());
    records.load(port.kept());
    this.#work = { port, records, pops, webhooks, rest, watch, pages };
    this.#told = { state: "starting", since: new Date(port.clock.now()).toISOString() };
  }

  async start(): Promise<void> {
    await this.#listen();
    this.#phase = "started";
    this.#tell();
    this.#sweep();
    void this.#connect();
  }

  owe(event: CtiEvent, out: Outbox): void {
    if (this.#work === undefined) return;
    const { records, pops, webhooks } = this.#work;
    webhooks.owe(event, out);
    const { cause, agent } = event;
    if (!("call" in event)) return agent === undefined ? undefined : this.#tellPages(agent);
    this.#learnNames(agent);
    const callObject = `${event.call.interaction}:${agent}`;
    const before = records.log(callObject);
    records.owe(event, out);
    const after = records.log(callObject);
    if (this.#popsUp()) pops.follow(before, after, out, cause);
    // Of calls that are logged the records have told.
    if (after === undefined && agent !== undefined) this.#tellPages(agent);
  }

  async send(delivery: Delivery, signal: AbortSignal): Promise<SendResult> {
    const { records, pops, webhooks } = this.#at();
    switch (delivery.kind) {
      case webhookKind:
        return webhooks.send(delivery, signal);
      case recordKind:
        return records.send(delivery, signal);
      case popKind:
        return pops.send(delivery, signal);
      default:
        return { result: "rejected", why: `${delivery.kind}: ${otherVersion}` };
    }
  }

  /** What faces ask of this adapter: a pairing for a page, in words of its own. */
  async ask(what: string, given: Readonly<Record<string, Json>>): Promise<Json> {
    const { pages } = this.#at();
    const { agent } = given;
    if (what !== "pair" || typeof agent !== "string")
      throw new CtiError({
        code: "input-invalid",
        message: `"${what}" is no question for this adapter`,
      });
    if (pages === undefined)
      throw new CtiError({
        code: "refused",
        message: "this connector serves no softphone page",
        hint: 'write listen = "127.0.0.1:8112" in [adapters.open-cti] and start the connector again',
      });
    return { ...pages.mintPairing(agent) };
  }

  health(): AdapterHealth {
    const { pages, webhooks, records, rest, watch } = this.#work ?? {};
    return health({
      name: this.name,
      phase: this.#phase,
      since: this.#told.since,
      page: pages?.health(),
      salesforce:
        rest === undefined || watch === undefined ? undefined : { ...watch.state, limits: rest.limits() },
      webhooks: webhooks?.states() ?? [],
      inbound: this.#inbound?.url,
      open: records?.open ?? 0,
      deaf: [...this.#deaf.values()],
    });
  }

  async stop(): Promise<void> {
    this.#phase = "stopped";
    for (const cancel of this.#cancels) cancel();
    const { pages, webhooks, rest } = this.#work ?? {};
    await Promise.all([pages?.stop(), this.#inbound?.stop(), webhooks?.close(), rest?.close()]);
  }

  #at(): Work {
    if (this.#work === undefined) throw toCtiError(new Error("the Salesforce adapter was not loaded"));
    return this.#work;
  }

  /** What fails there must not undo what is owed. */
  #tellPages(agent: string): void {
    const { pages, port } = this.#at();
    try {
      pages?.changed(agent);
    } catch (error) {
      port.log("error", `softphone pages were not told: ${String(error)}`, agent);
    }
  }

  #learnNames(agent: string | undefined): void {
    if (agent === undefined || this.#names.has(agent)) return;
    const { id, loginName } = this.#at().port.status(agent)?.state ?? {};
    if (id !== undefined) this.#names.set(agent, [id, ...(loginName === undefined ? [] : [loginName])]);
  }

  /** Whether there is anything that could bring a record up. */
  #popsUp(): boolean {
    return this.#settings.salesforce !== undefined || this.#settings.page?.script !== undefined;
  }

  #opener(rest: SalesforceBackEnd | undefined): ConstructorParameters<typeof Pops>[0]["open"] {
    const { open } = this.#settings;
    if (open === undefined || rest === undefined) return undefined;
    return (url, signal) => openAddress(open, url, signal);
  }

  /** Opens what can be opened; what cannot is tried again, and the rest works meanwhile. */
  async #listen(): Promise<void> {
    const { port, pages } = this.#at();
    const { inbound } = this.#settings.webhooks;
    if (pages !== undefined && (this.#phase === "starting" || this.#deaf.has("softphone")))
      await this.#open("softphone", () => pages.start(port));
    if (inbound !== undefined && this.#inbound === undefined)
      await this.#open("webhooks", async () => {
        const secrets = webhookSecretsOf(this.#secrets).inbound;
        if (secrets === undefined) throw toCtiError(new Error("the secrets of inbound commands are missing"));
        const commands = new InboundCommands({
          ...inbound,
          ...secrets,
          port,
          ...programDesk(() => this.#at()),
        });
        this.#inbound = serveInbound({ ...inbound, commands, clock: port.clock });
      });
  }

  async #open(what: "softphone" | "webhooks", work: () => Promise<void>): Promise<void> {
    const { port } = this.#at();
    try {
      await work();
      if (!this.#deaf.delete(what)) return;
      port.log("info", `${what}: listens now`);
    } catch (thrown) {
      const error = toCtiError(thrown);
      if (!this.#deaf.has(what))
        port.log("error", `${what}: ${error.message}${error.why === undefined ? "" : `: ${error.why}`}`);
      this.#deaf.set(what, error);
    }
    this.#tell();
  }

  /** The state may be another. */
  #tell(): void {
    const { port, watch } = this.#at();
    const state = stateOf({ phase: this.#phase, deaf: [...this.#deaf.values()], salesforce: watch.state });
    if (state === this.#told.state) return;
    this.#told = { state, since: new Date(port.clock.now()).toISOString() };
    port.healthChanged();
  }

  /** Signs in at Salesforce before the first call, and says in time what is missing. */
  async #connect(): Promise<void> {
    const { rest, watch } = this.#at();
    if (rest === undefined || this.#phase === "stopped") return;
    try {
      const { username } = await rest.connect();
      watch.signedIn(username);
    } catch (thrown) {
      watch.heard(toCtiError(thrown));
      this.#later(againAfter, () => void this.#connect());
    }
  }

  #sweep(): void {
    const { records } = this.#at();
    records.sweep();
    this.#later(this.#deaf.size > 0 ? againAfter : sweepEvery, () => {
      void this.#listen().then(() => this.#sweep());
    });
  }

  #later(milliseconds: number, work: () => void): void {
    const cancel = this.#at().port.clock.after(milliseconds, () => {
      this.#cancels.delete(cancel);
      if (this.#phase !== "stopped") work();
    });
    this.#cancels.add(cancel);
  }
}
