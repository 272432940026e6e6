import type {
  CommandRequest,
  LeaseKind,
  LeaseRequest,
  LoginRequest,
  StopRequest,
} from "../control/contract.ts";
import type { AgentCommand, MobileAgentLogin } from "../model/commands.ts";
import type { DeliveriesQuery, DeliveriesRequest, DeliveryState } from "../model/delivery.ts";
import { CtiError } from "../model/errors.ts";
import type { UnattendedAction } from "../model/events.ts";
import type { SessionSettings } from "../model/settings.ts";
import { Fields } from "./fields.ts";

const leaseKinds: readonly LeaseKind[] = ["shell", "console", "page", "events", "gc", "ebs"];
const unattendedActions: readonly UnattendedAction[] = ["not-ready", "logout", "keep"];
const deliveryStates: readonly DeliveryState[] = ["owed", "missed"];

/** All of these throw `usage` naming the field that is wrong. */
export function parseLoginRequest(body: unknown): LoginRequest {
  const fields = new Fields(body);
  const lease = fields.optional("lease");
  return {
    settings: parseSettings(fields.object("settings")),
    password: fields.text("password"),
    idempotencyKey: fields.name("idempotencyKey"),
    timeout: fields.positive("timeout"),
    ...(lease !== undefined && { lease: { id: lease.name("id"), ...parseLease(lease) } }),
  };
}

export function parseCommandRequest(body: unknown): CommandRequest {
  const fields = new Fields(body);
  const timeout = fields.has("timeout") ? fields.positive("timeout") : undefined;
  return {
    command: parseCommand(fields.object("command")),
    idempotencyKey: fields.name("idempotencyKey"),
    ...(timeout !== undefined && { timeout }),
  };
}

export function parseLeaseRequest(body: unknown): LeaseRequest {
  return parseLease(new Fields(body));
}

export function parseStopRequest(body: unknown): StopRequest {
  const fields = new Fields(body);
  return fields.has("agents") ? { agents: fields.oneOf("agents", ["logout", "leave"] as const) } : {};
}

export function parseDeliveriesRequest(body: unknown): DeliveriesRequest {
  const fields = new Fields(body);
  // Strict: a misspelt field must not make "discard these" into "discard all".
  fields.only("ids", "query");
  if (fields.has("ids") === fields.has("query"))
    throw new CtiError({ code: "usage", message: "in the request there must be either ids or a query" });
  return fields.has("ids")
    ? { ids: fields.list("ids") }
    : { query: parseDeliveriesQuery(fields.object("query")) };
}

export function parseDeliveriesQuery(fields: Fields): DeliveriesQuery {
  fields.only("state", "adapter", "agent");
  return {
    ...(fields.has("state") && { state: fields.oneOf("state", deliveryStates) }),
    ...(fields.has("adapter") && { adapter: fields.name("adapter") }),
    ...(fields.has("agent") && { agent: fields.name("agent") }),
  };
}

function parseLease(fields: Fields): LeaseRequest {
  return {
    kind: fields.oneOf("kind", leaseKinds),
    label: fields.text("label"),
    ...(fields.has("pid") && { pid: fields.positive("pid") }),
    ...(fields.has("ttl") && { ttl: fields.positive("ttl") }),
  };
}

function parseCommand(fields: Fields): AgentCommand {
  const call = fields.has("call") ? { call: fields.name("call") } : {};
  const reason = fields.has("reason") ? { reason: fields.text("reason") } : {};
  const verb = fields.text("verb");
  switch (verb) {
    case "ready":
      return { verb };
    case "not-ready":
    case "logout":
      return { verb, ...reason };
    case "dial":
      return { verb, number: fields.name("number") };
    case "answer":
    case "hold":
    case "retrieve":
    case "drop":
    case "conference":
      return { verb, ...call };
    case "consult":
      return { verb, number: fields.name("number"), ...call };
    case "transfer":
      return { verb, ...(fields.has("number") && { number: fields.name("number") }), ...call };
    case "dtmf":
      return { verb, digits: fields.name("digits"), ...call };
    case "set":
      return { verb, variables: fields.texts("variables"), ...call };
    case "wrap-up":
      return { verb, reasons: fields.list("reasons"), ...call };
    default:
      throw new CtiError({
        code: "usage",
        message: `the connector knows no command "${verb}"`,
        hint: "when cti was upgraded, restart the connector: cti stop --leave, then cti login",
      });
  }
}

function parseSettings(fields: Fields): SessionSettings {
  const unattended = fields.object("unattended");
  const reasons = fields.optional("defaultReasons");
  const mobile = fields.optional("mobileAgent");
  return {
    agent: fields.name("agent"),
    extension: fields.name("extension"),
    finesse: fields.list("finesse"),
    ca: fields.objects("ca").map((ca) => ({ path: ca.text("path"), pem: ca.text("pem") })),
    ...(fields.has("pin") && { pin: fields.text("pin") }),
    insecure: fields.flag("insecure"),
    resolve: fields.list("resolve", 0),
    ...(fields.has("transport") && { transport: fields.text("transport") }),
    ...(mobile !== undefined && { mobileAgent: parseMobile(mobile) }),
    ...(fields.has("activeDeviceId") && { activeDeviceId: fields.text("activeDeviceId") }),
    unattended: { then: unattended.oneOf("then", unattendedActions), after: unattended.atLeastZero("after") },
    defaultReasons: {
      ...(reasons?.has("notReady") === true && { notReady: reasons.text("notReady") }),
      ...(reasons?.has("logout") === true && { logout: reasons.text("logout") }),
    },
    timeout: fields.positive("timeout"),
    ...(fields.has("flags") && { flags: fields.list("flags", 0) }),
  };
}

function parseMobile(fields: Fields): MobileAgentLogin {
  return {
    mode: fields.oneOf("mode", ["CALL_BY_CALL", "NAILED_CONNECTION"] as const),
    dialNumber: fields.text("dialNumber"),
  };
}
