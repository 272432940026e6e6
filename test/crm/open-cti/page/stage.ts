import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  AdapterLease,
  CommandOptions,
  CrmRecord,
  CtiPort,
  Json,
  SignIn,
} from "../../../../src/crm/adapter.ts";
import type { CallLog } from "../../../../src/crm/open-cti/contract.ts";
import type { PageDesk, PageSettings, SoftphonePages } from "../../../../src/crm/open-cti/page/contract.ts";
import { createSoftphonePages } from "../../../../src/crm/open-cti/page/pages.ts";
import type { PageState } from "../../../../src/crm/open-cti/page/protocol.ts";
import type { SoftphoneAssets } from "../../../../src/crm/open-cti/page/ui/assets.ts";
import type { CallLayout } from "../../../../src/model/call-layout.ts";
import type { AgentCommand, Outcome } from "../../../../src/model/commands.ts";
import { CtiError } from "../../../../src/model/errors.ts";
import type { SessionStatus } from "../../../../src/model/status.ts";
import { type Clock, systemClock } from "../../../../src/platform/clock.ts";
import { agent as sampleAgent } from "../../samples.ts";
import { Client, type Hello } from "./client.ts";

export const pageSettings: PageSettings = {
  host: "127.0.0.1",
  port: 0,
  tls: undefined,
  url: undefined,
  frameAncestors: [],
  signIn: "both",
  script: "https://acme.my.salesforce.com/support/api/62.0/lightning/opencti_min.js",
  popAt: "ring",
};

const asset = (ending: string, type: string, text: string) => ({
  path: `/softphone/assets/abc.${ending}`,
  text,
  type,
  etag: '"abc"',
});
export const fakeAssets: SoftphoneAssets = {
  js: asset("js", "text/javascript; charset=utf-8", "void 0"),
  css: asset("css", "text/css; charset=utf-8", "body {}"),
  html: ({ script }) => `<!doctype html><meta name="cti-open-cti" content="${script}">`,
};

export const password = "Tr0ub4dor&3";

export function session(agent = "1001", given: Partial<SessionStatus> = {}): SessionStatus {
  return {
    agent,
    extension: "2001",
    link: { state: "connected", since: "2026-01-05T09:00:00.000Z", node: "fina:8445" },
    service: "in-service",
    state: sampleAgent({ id: agent }),
    calls: [],
    shared: [],
    ...given,
  };
}

export function callLog(given: Partial<CallLog> = {}): CallLog {
  return {
    callObject: "I-1:1001",
    agent: "1001",
    interaction: "I-1",
    callType: "Inbound",
    number: "03001234567",
    dialed: "8001",
    queue: undefined,
    startedAt: "2026-01-05T09:00:00.000Z",
    answeredAt: undefined,
    endedAt: undefined,
    estimated: false,
    seconds: undefined,
    disposition: undefined,
    notes: undefined,
    who: undefined,
    what: undefined,
    ...given,
  };
}

export function outcome(agent: string, verb: Outcome["verb"], given: Partial<Outcome> = {}): Outcome {
  return { verb, outcome: "confirmed", agent, cause: "c-1", message: "done", elapsed: 1, ...given };
}

/** A connector that does at once what it is asked, and remembers it. */
export class FakePort {
  readonly sessions = new Map<string, SessionStatus>();
  readonly passwords = new Map([
    ["1001", password],
    ["1002", password],
  ]);
  readonly executed: { agent: string; command: AgentCommand; options: CommandOptions }[] = [];
  readonly signIns: SignIn[] = [];
  readonly leases: { agent: string; lease: AdapterLease }[] = [];
  readonly ended: { agent: string; id: string }[] = [];
  readonly logged: string[] = [];
  readonly traced: CrmRecord[] = [];
  readonly secrets: string[] = [];
  layouts: CallLayout[] = [];
  readonly keeps: Map<string, Json>;
  /** What `execute` answers, and when. */
  execute: (agent: string, command: AgentCommand) => Promise<Outcome> = (agent, command) =>
    Promise.resolve(outcome(agent, command.verb));
  readonly port: CtiPort;

  constructor(clock: Clock = systemClock, keeps = new Map<string, Json>()) {
    this.keeps = keeps;
    const absent = (): never => {
      throw new Error("pages do not ask for this");
    };
    this.port = {
      clock,
      random: Math.random,
      log: (level, message, agent) => this.logged.push(`${level} ${agent ?? ""} ${message}`),
      addSecret: (secret) => this.secrets.push(secret),
      newCause: () => "c-1",
      trace: (record) => this.traced.push(record),
      healthChanged: () => {},
      owe: (work) =>
        work({
          add: absent,
          expirePops: absent,
          keep: (name, value) => {
            if (value === undefined) this.keeps.delete(name);
            else this.keeps.set(name, value);
          },
        }),
      kept: () => this.keeps,
      wake: absent,
      drained: absent,
      attach: absent,
      signIn: async (request) => {
        this.signIns.push(request);
        const { agent, extension } = request;
        if (this.passwords.get(agent) !== request.password)
          throw new CtiError({
            code: "credentials-refused",
            message: `Finesse refused the password of agent ${agent}`,
            why: `Unauthorized: ${request.password}`,
          });
        this.sessions.set(agent, session(agent, { extension }));
        return outcome(agent, "login");
      },
      execute: (agent, command, options) => {
        this.executed.push({ agent, command, options });
        return this.execute(agent, command);
      },
      status: (agent) => this.sessions.get(agent),
      agents: () => [...this.sessions.values()],
      unattended: (agent) => (this.sessions.has(agent) ? { then: "not-ready", after: 60 } : undefined),
      layouts: () => Promise.resolve(this.layouts),
      reasons: () => Promise.resolve({ notReady: [], logout: [], wrapUp: [] }),
      phoneBook: () => Promise.resolve([]),
      queues: absent,
      lease: (agent, lease) => this.leases.push({ agent, lease }),
      endLease: (agent, id) => this.ended.push({ agent, id }),
      release: absent,
    };
  }
}

export interface Stage extends AsyncDisposable {
  pages: SoftphonePages;
  fake: FakePort;
  /** What was told to the adapter. */
  told: unknown[];
  logs: PageState["logs"];
  host: string;
  origin: string;
  ca: string;
  directory: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  open(options?: ClientOptions): Promise<Client>;
  /** A page that is paired with the agent. */
  paired(agent?: string, hello?: Partial<Hello>): Promise<Client>;
}

export interface ClientOptions {
  headers?: Record<string, string>;
  cookie?: string;
}

export async function openStage(
  settings: Partial<PageSettings> = {},
  { clock = systemClock, keeps }: { clock?: Clock; keeps?: Map<string, Json> } = {},
): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), "cti-page-"));
  const fake = new FakePort(clock, keeps);
  fake.sessions.set("1001", session("1001"));
  const told: unknown[] = [];
  const logs: PageState["logs"] = [];
  const desk: PageDesk = {
    logs: (agent) => logs.filter(({ log }) => log.agent === agent),
    matched: (...what) => told.push(["matched", ...what]),
    chosen: (...what) => told.push(["chosen", ...what]),
    note: (...what) => told.push(["note", ...what]),
    clickedToDial: (...what) => told.push(["clickedToDial", ...what]),
    arrived: (...what) => told.push(["arrived", ...what]),
  };
  const pages = createSoftphonePages({ ...pageSettings, ...settings }, desk, {
    directory: join(directory, "open-cti"),
    assets: async () => fakeAssets,
  });
  await pages.start(fake.port);
  const port = /listening on \S+:(\d+)/.exec(fake.logged.join("\n"))?.[1] ?? "";
  const host = `127.0.0.1:${port}`;
  const ca =
    settings.tls === undefined ? readFileSync(join(directory, "open-cti/ca.pem"), "utf8") : settings.tls.cert;
  const clients: Client[] = [];
  const stage: Stage = {
    pages,
    fake,
    told,
    logs,
    host,
    origin: `https://${host}`,
    ca,
    directory,
    fetch: (path, init) =>
      fetch(`https://${host}${path}`, { redirect: "manual", ...init, tls: { ca } } as RequestInit),
    open: async ({ headers = {}, cookie } = {}) => {
      const client = new Client(`wss://${host}/softphone/socket`, {
        headers: { Origin: stage.origin, ...(cookie !== undefined && { Cookie: cookie }), ...headers },
        tls: { ca },
      });
      clients.push(client);
      await client.opened;
      return client;
    },
    paired: async (agent = "1001", hello = {}) => {
      const client = await stage.open();
      client.hello({ pairing: pages.mintPairing(agent).token, ...hello });
      await client.next("state");
      return client;
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.socket.close();
      await pages.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return stage;
}
