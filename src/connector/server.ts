import {
  type ConnectorStatus,
  controlApi,
  type ErrorAnswer,
  type Hello,
  type StopAnswer,
  type StopRequest,
} from "../control/contract.ts";
import { httpStatusOf } from "../control/http-status.ts";
import type { AdapterHealth } from "../model/adapter.ts";
import type { DeliveryDesk } from "../model/delivery.ts";
import { CtiError, toCtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { Redactor } from "../platform/redact.ts";
import { adapterRoute, type AskAdapter } from "./adapter-routes.ts";
import { deliveryRoute } from "./delivery-routes.ts";
import { type EventFilter, parseTypes } from "./event-filter.ts";
import { isEventId } from "./event-id.ts";
import type { EventLog } from "./event-log.ts";
import { eventStreamResponse } from "./event-stream-response.ts";
import type { Registry } from "./registry.ts";
import { decode, limitOf, noSuchPath, readBody, usage } from "./request-parts.ts";
import { parseCommandRequest, parseLeaseRequest, parseLoginRequest, parseStopRequest } from "./requests.ts";
import type { Trace } from "./trace.ts";

export interface ControlServerOptions {
  hello: () => Hello;
  restarts: () => number;
  registry: Registry;
  events: EventLog;
  trace: Trace;
  adapters: () => AdapterHealth[];
  askAdapter: AskAdapter;
  deliveries: DeliveryDesk;
  stop: (request: StopRequest) => Promise<StopAnswer>;
  redactor: Redactor;
  clock: Clock;
  log: Log;
}

/** Answers the control API of control/contract.ts. Counts who is there, so that an idle connector can end. */
export class ControlServer {
  readonly #options: ControlServerOptions;
  #open = 0;
  #lastActivity: number;

  constructor(options: ControlServerOptions) {
    this.#options = options;
    this.#lastActivity = options.clock.now();
  }

  /** Requests under way and event streams. */
  get open(): number {
    return this.#open;
  }

  /** Milliseconds since the epoch of the last request's begin or end. */
  get lastActivity(): number {
    return this.#lastActivity;
  }

  /** Never throws: a failure is an answer. */
  async handle(request: Request): Promise<Response> {
    const done = this.#enter();
    let response: Response;
    try {
      this.#checkVersion(request);
      response = await this.#route(request, done);
    } catch (thrown) {
      response = this.#failure(thrown);
    }
    if (response.headers.get("Content-Type") !== "text/event-stream") done();
    response.headers.set("Cti-Version", this.#options.hello().version);
    response.headers.set("Cti-Api", String(controlApi));
    return response;
  }

  #enter(): () => void {
    this.#open += 1;
    this.#lastActivity = this.#options.clock.now();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#open -= 1;
      this.#lastActivity = this.#options.clock.now();
    };
  }

  #checkVersion(request: Request): void {
    const asked = request.headers.get("Cti-Api");
    if (asked === String(controlApi) || speaksToAll(request)) return;
    const { version } = this.#options.hello();
    throw new CtiError({
      code: "connector-version",
      message: `the connector runs cti ${version}, which speaks another control API than this command`,
      why: `it speaks ${controlApi}, asked for ${asked ?? "none"}`,
      hint: "end it when it suits (cti stop --leave), then sign in again: cti login",
      details: { version, api: controlApi },
    });
  }

  #route(request: Request, done: () => void): Promise<Response> | Response {
    const url = new URL(request.url);
    const [root, room, ...rest] = url.pathname.split("/").slice(1).map(decode);
    if (root !== "v1") throw noSuchPath(url.pathname);
    if (room === "agents" && rest[0] !== undefined) return this.#agentRoute(request, rest[0], rest.slice(1));
    if (room === "deliveries") return deliveryRoute(request, url, rest, this.#options.deliveries);
    if (room === "adapters" && rest.length > 0)
      return adapterRoute(request, url, rest, this.#options.askAdapter);
    if (rest.length > 0) throw noSuchPath(url.pathname);
    switch (`${request.method} ${room}`) {
      case "GET hello":
        return Response.json(this.#options.hello());
      case "GET status":
        return this.#status();
      case "GET adapters":
        return Response.json(this.#options.adapters());
      case "GET events":
        return this.#events(request, url.searchParams, done);
      case "GET trace":
        return this.#trace(url.searchParams);
      case "POST stop":
        return this.#stop(request);
      default:
        throw noSuchPath(`${request.method} ${url.pathname}`);
    }
  }

  async #agentRoute(request: Request, agent: string, rest: string[]): Promise<Response> {
    const { registry } = this.#options;
    const [room, id] = rest;
    switch (`${request.method} ${[room, ...(id === undefined ? [] : ["ID"])].join("/")}`) {
      case "GET ":
        return Response.json(await registry.status(agent));
      case "POST login": {
        const login = parseLoginRequest(await readBody(request));
        if (login.settings.agent !== agent) throw usage("the agent of the path and of the settings differ");
        return Response.json(await registry.login(agent, login));
      }
      case "POST commands":
        return Response.json(await registry.command(agent, parseCommandRequest(await readBody(request))));
      case "GET phonebook":
        return Response.json(await registry.phoneBook(agent));
      case "GET reasons":
        return Response.json(await registry.reasons(agent));
      case "GET layouts":
        return Response.json(await registry.callLayouts(agent));
      case "GET queues":
        return Response.json(await registry.queues(agent));
      case "GET team": {
        const team = new URL(request.url).searchParams.get("id");
        return Response.json(await registry.team(agent, team === null || team === "" ? undefined : team));
      }
      case "PUT leases/ID":
        registry.putLease(agent, id ?? "", parseLeaseRequest(await readBody(request)));
        return new Response(null, { status: 204 });
      case "DELETE leases/ID":
        registry.endLease(agent, id ?? "");
        return new Response(null, { status: 204 });
      default:
        throw noSuchPath(`${request.method} ${new URL(request.url).pathname}`);
    }
  }

  async #status(): Promise<Response> {
    const { hello, registry, adapters, deliveries, restarts } = this.#options;
    const status: ConnectorStatus = {
      ...hello(),
      agents: await registry.statuses(),
      adapters: adapters(),
      deliveries: deliveries.counts(),
      memory: process.memoryUsage.rss(),
      restarts: restarts(),
    };
    return Response.json(status);
  }

  #events(request: Request, query: URLSearchParams, done: () => void): Response {
    const { events, clock } = this.#options;
    const filter = filterOf(query);
    if (request.headers.get("Accept")?.includes("text/event-stream") === true) {
      const from = request.headers.get("Last-Event-ID") ?? this.#since(query.get("since"), filter.agent);
      if (from !== "" && !isEventId(from)) throw usage(`${from} is not the id of an event`);
      return eventStreamResponse({ events, clock, filter, from, onClose: done });
    }
    const before = query.get("before") ?? undefined;
    if (before !== undefined && !isEventId(before)) throw usage(`${before} is not the id of an event`);
    return Response.json(events.page(filter, before, limitOf(query)));
  }

  #since(since: string | null, agent: string | undefined): string {
    const { events, registry } = this.#options;
    if (since === null || since === "now") return events.position;
    if (since === "start") return "";
    if (since !== "last-command") return since;
    if (agent === undefined) throw usage("since=last-command needs an agent");
    return registry.lastCommandEvent(agent) ?? events.position;
  }

  #trace(query: URLSearchParams): Response {
    const before = query.get("before") ?? undefined;
    if (before !== undefined && !/^\d+$/.test(before))
      throw usage(`${before} is not the id of a trace record`);
    const agent = query.get("agent") ?? undefined;
    const cause = query.get("cause") ?? undefined;
    const until = query.get("until") ?? undefined;
    if (until !== undefined && Number.isNaN(Date.parse(until))) throw usage(`${until} is no time`);
    return Response.json(
      this.#options.trace.page({
        limit: limitOf(query),
        ...(until !== undefined && { until }),
        ...(agent !== undefined && { agent }),
        ...(cause !== undefined && { cause }),
        ...(before !== undefined && { before }),
      }),
    );
  }

  async #stop(request: Request): Promise<Response> {
    return Response.json(await this.#options.stop(parseStopRequest(await readBody(request))));
  }

  #failure(thrown: unknown): Response {
    const { log, redactor } = this.#options;
    const error = toCtiError(thrown);
    if (error.code === "internal")
      log.write(
        "error",
        `control API: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
      );
    // Words of other systems pass through here: nothing they quote may be a password.
    const answer: ErrorAnswer = JSON.parse(
      JSON.stringify({ error }, (name, value: unknown) =>
        typeof value === "string" && name !== "code" ? redactor.redact(value) : value,
      ),
    );
    return Response.json(answer, { status: httpStatusOf(error.code) });
  }
}

/** What every version may ask, so that a connector of another one can be told apart and ended: these two never change their form. */
function speaksToAll(request: Request): boolean {
  const { pathname } = new URL(request.url);
  return pathname === "/v1/hello" || pathname === "/v1/stop";
}

function filterOf(query: URLSearchParams): EventFilter {
  const agent = query.get("agent");
  const cause = query.get("cause");
  const interaction = query.get("interaction");
  const types = parseTypes(query.get("type"));
  return {
    ...(agent !== null && { agent }),
    ...(cause !== null && { cause }),
    ...(interaction !== null && { interaction }),
    ...(types !== undefined && { types }),
  };
}
