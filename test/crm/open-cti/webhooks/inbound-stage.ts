import { Webhook } from "standardwebhooks";
import type { CommandOptions, CrmRecord } from "../../../../src/crm/adapter.ts";
import { InboundCommands } from "../../../../src/crm/open-cti/webhooks/inbound.ts";
import type { Note, PopResult } from "../../../../src/crm/open-cti/webhooks/command.ts";
import { type InboundLimits, serveInbound } from "../../../../src/crm/open-cti/webhooks/server.ts";
import type { AgentCommand, Outcome } from "../../../../src/model/commands.ts";
import { type Clock, systemClock } from "../../../../src/platform/clock.ts";
import { type Life, Stage } from "../../outbox/stage.ts";
import { secret } from "./stage.ts";

export const token = "0123456789abcdef-0123456789abcdef";

export interface Door {
  port: number;
  url: string;
  commands: InboundCommands;
  asked: { agent: string; command: AgentCommand; options: CommandOptions }[];
  found: (PopResult & { id: string; cause: string })[];
  notes: (Note & { id: string; cause: string })[];
  logged: string[];
  traced: CrmRecord[];
  /** What a command comes to. */
  work: (agent: string, command: AgentCommand) => Promise<Outcome>;
  stop(): Promise<void>;
}

export interface DoorOptions {
  life?: Life;
  clock?: Clock;
  limits?: Partial<InboundLimits>;
  tls?: { cert: string; key: string };
  host?: string;
  hosts?: string[];
  token?: string;
  secret?: string;
  port?: number;
}

export function outcomeOf(agent: string, command: AgentCommand, more: Partial<Outcome> = {}): Outcome {
  return {
    verb: command.verb,
    outcome: "confirmed",
    agent,
    cause: "c-1",
    message: "done",
    elapsed: 7,
    ...more,
  };
}

/** The port of commands; with a `life` it remembers on its disk. */
export function openDoor(options: DoorOptions = {}): Door {
  const { life, clock = systemClock, limits, tls, host = "127.0.0.1", hosts = [], port = 0 } = options;
  let causes = 0;
  const logged: string[] = [];
  const traced: CrmRecord[] = [];
  const asked: Door["asked"] = [];
  const found: Door["found"] = [];
  const notes: Door["notes"] = [];
  const commands = new InboundCommands({
    host,
    hosts,
    token: options.token ?? token,
    secret: options.secret ?? secret,
    port: {
      clock,
      execute: (agent, command, given) => {
        asked.push({ agent, command, options: given });
        return door.work(agent, command);
      },
      newCause: () => `cause-${++causes}`,
      log: (level, message) => logged.push(`${level} ${message}`),
      trace: (record) => traced.push(record),
      kept: () => life?.deliveries.kept(life.crm.name) ?? new Map(),
      owe: (work) => (life === undefined ? work({ add() {}, expirePops() {}, keep() {} }) : life.owe(work)),
    },
    popResult: (result, how) => void found.push({ ...result, ...how }),
    note: (note, how) => void notes.push({ ...note, ...how }),
  });
  const server = serveInbound({ host, port, tls, commands, clock, ...(limits !== undefined && { limits }) });
  const door: Door = {
    port: server.port,
    url: `${server.url}/v1/commands`,
    commands,
    asked,
    found,
    notes,
    logged,
    traced,
    work: async (agent, command) => outcomeOf(agent, command),
    stop: () => server.stop(),
  };
  return door;
}

export interface Asking {
  id?: string;
  /** Milliseconds since the epoch at which it is signed. */
  at?: number;
  token?: string;
  secret?: string;
  headers?: Record<string, string | undefined>;
  method?: string;
  url?: string;
}

let count = 0;

/** Headers as a program with the public library makes them. */
export function headersFor(body: string, asking: Asking = {}): Record<string, string> {
  const { id = `msg_${++count}`, at = Date.now(), headers = {} } = asking;
  const all: Record<string, string | undefined> = {
    "content-type": "application/json",
    authorization: `Bearer ${asking.token ?? token}`,
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at / 1000)),
    "webhook-signature": new Webhook(asking.secret ?? secret).sign(id, new Date(at), body),
    ...headers,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

export interface Answered {
  status: number;
  headers: Headers;
  text: string;
  json: Record<string, unknown>;
}

export async function ask(door: Pick<Door, "url">, body: unknown, asking: Asking = {}): Promise<Answered> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const { method = "POST", url = door.url } = asking;
  const response = await fetch(url, {
    method,
    headers: headersFor(text, asking),
    ...(method !== "GET" && method !== "HEAD" && { body: text }),
    redirect: "manual",
  });
  const answer = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text: answer,
    json: (answer === "" ? {} : JSON.parse(answer)) as Record<string, unknown>,
  };
}

export { Stage };
