import { hostname } from "node:os";
import type { Agent } from "../../../model/agent.ts";
import type { Call } from "../../../model/call.ts";
import type { CtiEvent, CtiEventBody } from "../../../model/events.ts";
import type { CallLog, WebhookTarget } from "../contract.ts";

/** A CloudEvent 1.0 in JSON's structured mode. What its parts mean stands in `schema.ts`. */
export interface CloudEvent {
  specversion: "1.0";
  id: string;
  source: string;
  type: string;
  subject?: string;
  time: string;
  datacontenttype: "application/json";
  dataschema: string;
  /** An extension of ours: what led to it. */
  cause?: string;
  data: unknown;
}

/** Of `data`; another one when a receiver that knows this one would misread it. New fields alone make no new version. */
export const dataSchemaVersion = "urn:cti:event-data:1";
export const contentType = "application/cloudevents+json; charset=utf-8";
/** CloudEvents' `source` of the connector on this machine. */
export function connectorSource(): string {
  return `urn:cti:${encodeURIComponent(hostname().toLowerCase().toWellFormed())}`;
}

/** Of an event that only shows that the way is open. */
export const pingType = "cti.ping";
/** Of the record of an agent's leg, whole each time: the same `callObject` is the same record. */
export const logType = "call.log";
/** The kind of these deliveries. */
export const webhookKind = "webhook";

/** Whether a target asked for events like this one. Of webhooks themselves none is told by webhook: each would lead to another. */
export function wants({ events }: Pick<WebhookTarget, "events">, event: CtiEvent): boolean {
  if ("delivery" in event && event.delivery.kind === webhookKind) return false;
  const family = event.type.slice(0, event.type.indexOf("."));
  return events.includes(event.type) || events.includes(family);
}

/** Whether a target is told of records. */
export function wantsLogs({ events }: Pick<WebhookTarget, "events">): boolean {
  return events.includes("call") || events.includes(logType);
}

/** `version` counts what the record says. */
export function logEvent(
  log: CallLog,
  { version, at, source, cause }: { version: number; at: string; source: string; cause: string | undefined },
): CloudEvent {
  const { agent, interaction, callObject } = log;
  return {
    specversion: "1.0",
    id: `${callObject}#${version}`,
    source,
    type: `cti.${logType}`,
    subject: `agents/${encodeURIComponent(agent.toWellFormed())}/interactions/${interaction}`,
    time: at,
    datacontenttype: "application/json",
    dataschema: dataSchemaVersion,
    ...(cause !== undefined && { cause }),
    data: { agent, log },
  };
}

/** @param variables the values of call variables may be told; else their names are not either */
export function cloudEvent(event: CtiEvent, source: string, variables: boolean): CloudEvent {
  const { id, at, agent, cause, ...body } = event;
  const subject = subjectOf(event);
  return {
    specversion: "1.0",
    id,
    source,
    type: `cti.${event.type}`,
    ...(subject !== undefined && { subject }),
    time: at,
    datacontenttype: "application/json",
    dataschema: dataSchemaVersion,
    ...(cause !== undefined && { cause }),
    data: { ...(agent !== undefined && { agent }), ...dataOf(body, variables) },
  };
}

/** `agents/1001/interactions/01J…`, `agents/1001`; nothing where it is about nobody. */
function subjectOf(event: CtiEvent): string | undefined {
  if (event.agent === undefined) return undefined;
  const agent = `agents/${encodeURIComponent(event.agent.toWellFormed())}`;
  return "call" in event ? `${agent}/interactions/${event.call.interaction}` : agent;
}

function dataOf(body: CtiEventBody, variables: boolean): object {
  switch (body.type) {
    case "call.started":
    case "call.changed":
    case "call.released":
      return { call: callData(body.call, variables) };
    case "call.ended":
      return { call: callData(body.call, variables), estimated: body.estimated === true };
    case "agent.changed":
      return { state: agentData(body.state), previous: body.previous };
    default: {
      const { type: _type, ...rest } = body;
      return rest;
    }
  }
}

/** A call as receivers see it; what is not known is left out when it becomes JSON. */
export function callData(call: Call, variables: boolean): object {
  return {
    interaction: call.interaction,
    parent: call.parent,
    id: call.id,
    direction: call.direction,
    type: call.type,
    state: call.state,
    failure: call.cause,
    party: call.party,
    customer: call.customer,
    from: call.from,
    to: call.to,
    dialedNumber: call.dialedNumber,
    queue: call.queue,
    times: { startedAt: call.startedAt, stateSince: call.stateSince },
    actions: call.actions,
    participants: call.participants.map(({ mediaAddress, mediaAddressType, state }) => ({
      number: mediaAddress,
      type: mediaAddressType,
      state,
    })),
    wrapUpReasons: call.wrapUpReasons,
    callKey: call.callKey,
    ...(variables && { variables: call.variables }),
  };
}

/** An agent's state as receivers see it. */
export function agentData(agent: Agent): object {
  return {
    id: agent.id,
    loginName: agent.loginName,
    firstName: agent.firstName,
    lastName: agent.lastName,
    extension: agent.extension,
    state: agent.state,
    since: agent.stateChangeTime,
    pending: agent.pendingState,
    reason: agent.reason === undefined ? undefined : { code: agent.reason.code, label: agent.reason.label },
    team: agent.team,
  };
}
