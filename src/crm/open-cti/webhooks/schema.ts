import { type CtiEventType, eventTypes } from "../../../model/events.ts";
import { dataSchemaVersion, logType, pingType } from "./cloud-event.ts";

/** JSON Schema (draft 2020-12), as far as it is used here. */
export interface Schema {
  type?: string;
  description?: string;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  enum?: readonly string[];
  const?: string;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  oneOf?: readonly Schema[];
  $ref?: string;
}

export const text = (description: string, more: Schema = {}): Schema => ({
  type: "string",
  description,
  ...more,
});
const time = (description: string): Schema => text(`${description} ISO 8601, UTC.`, { format: "date-time" });
export const list = (items: Schema, description: string): Schema => ({ type: "array", description, items });
/** `required` beside optional properties; more may come in later versions. */
export const record = (
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
  description?: string,
): Schema => ({
  type: "object",
  ...(description !== undefined && { description }),
  properties: { ...required, ...optional },
  required: Object.keys(required),
});
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const namedId = record({ id: text("Finesse's id."), name: text("Name.") });
const number = (description: string): Schema => ({ type: "number", description });
const node = text("Finesse server.");
const agent = text("The agent's id at Finesse.");

const call = record(
  {
    interaction: text(
      "This contact at this agent; the same through every transfer. What a CRM logs against.",
    ),
    id: text("Finesse's dialog id; may change when the call is transferred."),
    direction: text("Seen from the agent.", { enum: ["in", "out", "internal"] }),
    state: text(
      "The agent's own leg: ALERTING, INITIATING, INITIATED, ACTIVE, HELD, WRAP_UP, DROPPED, FAILED; others may come.",
    ),
    party: text("The number at the other end as the agent knows it."),
    times: record(
      {},
      {
        startedAt: time("When the agent's leg began."),
        stateSince: time("When the leg reached its state."),
      },
    ),
    actions: list(
      text("Action of Finesse."),
      "What Finesse lets the agent do now: ANSWER, HOLD, RETRIEVE, DROP…",
    ),
    participants: list(
      record(
        { number: text("Number."), state: text("State of this party's leg.") },
        { type: text("AGENT_DEVICE for an agent's phone.") },
      ),
      "Everybody on the call, the agent too.",
    ),
    wrapUpReasons: list(text("Label."), "Wrap-up reasons chosen so far."),
  },
  {
    parent: text("Of a consult call: the interaction it was made for."),
    type: text("Finesse's callType: ACD_IN, OUT, CONSULT…; others may come."),
    failure: text("Of a failed leg: BUSY, BAD_DESTINATION, OTHER…"),
    customer: text("The customer's number, once one was seen; never an agent's extension."),
    from: text("Where the call came from."),
    to: text("Where it went to."),
    dialedNumber: text("The number that the caller dialled."),
    queue: record({}, { number: text("Number."), name: text("Name.") }),
    callKey: text("Unified CCE's call key."),
    variables: {
      type: "object",
      description:
        'Call variables by name; only of a target with "variables = true". Absent also where the connector was restarted before the event could be told: their values are on no disk.',
      additionalProperties: text("Value."),
    },
  },
  "One agent's leg of a call.",
);

const agentState = record(
  {
    id: agent,
    state: text("NOT_READY, READY, RESERVED, TALKING, HOLD, WORK, WORK_READY, LOGOUT…; others may come."),
  },
  {
    loginName: text("Login name."),
    firstName: text("First name."),
    lastName: text("Last name."),
    extension: text("The phone; absent when signed out."),
    since: time("When the state began."),
    pending: text("The state asked for that follows the call."),
    reason: record({ code: text("Code."), label: text("Label.") }),
    team: namedId,
  },
  "An agent as Finesse shows him.",
);

const problem = record(
  { code: text("Stable code."), message: text("What failed.") },
  {
    why: text("Why."),
    hint: text("What to do next."),
    details: { type: "object", description: "Facts for a program." },
  },
);

const refusal = record(
  {
    type: text("Finesse's error type."),
    late: { type: "boolean", description: "It came after the request was accepted." },
  },
  {
    code: text("Code of Finesse or the switch."),
    words: text("Finesse's own words."),
    hint: text("In plain words."),
  },
);

const delivery = record(
  {
    id: text("Id of the delivery."),
    adapter: text("Adapter."),
    kind: text("The CRM's own name of the message."),
    policy: text("At most once, or at least once.", { enum: ["pop", "record"] }),
    text: text("For people."),
    attempts: number("How often it was tried."),
  },
  { agent, interaction: text("Interaction.") },
);

const ofCall = { agent, call: ref("Call") };

/** What `data` of each event holds, beside `agent` where it is about one. */
const dataOfTypes: Record<CtiEventType, Schema> = {
  "session.connecting": record({ node, attempt: number("Which attempt.") }, { agent }),
  "session.connected": record({ node, transport: text("How notifications come.") }, { agent }),
  "session.disconnected": record(
    { node, error: ref("Problem") },
    { agent, retryAt: time("The next attempt.") },
  ),
  "session.conflict": record({ node }, { agent }),
  "session.shared": record({ resources: list(text("Resource."), "The agent's other clients.") }, { agent }),
  "session.failed-over": record({ from: node, to: node }, { agent }),
  "session.unattended": record(
    {
      then: text("What is done.", { enum: ["not-ready", "logout", "keep"] }),
      after: number("Seconds without anybody."),
    },
    { agent },
  ),
  "session.signed-out": record(
    { by: text("Who did it.", { enum: ["command", "finesse"] }) },
    { agent, reasonCodeId: text("Reason code.") },
  ),
  "session.gap": record({ from: time("Last seen."), to: time("Seen again.") }, { agent }),
  "service.in-service": record({ node }, { agent }),
  "service.out-of-service": record({ node }, { agent, why: text("Why.") }),
  "agent.changed": record({ agent, state: ref("Agent") }, { previous: text("The state before.") }),
  "call.started": record(ofCall),
  "call.changed": record(ofCall),
  "call.released": record(ofCall),
  "call.ended": record({
    ...ofCall,
    estimated: { type: "boolean", description: "The end itself was not seen." },
  }),
  "command.failed": record({ refusal: ref("Refusal") }, { agent, verb: text("The command.") }),
  "message.received": record({ text: text("What was written.") }, { agent, from: text("Who wrote.") }),
  "delivery.sent": record(
    { delivery: ref("Delivery"), elapsed: number("Milliseconds until the CRM had it.") },
    { agent, note: text("What the CRM said.") },
  ),
  "delivery.delayed": record(
    { delivery: ref("Delivery"), why: text("Why."), retryAt: time("The next try.") },
    { agent },
  ),
  "delivery.expired": record({ delivery: ref("Delivery"), why: text("Why.") }, { agent }),
  "delivery.failed": record({ delivery: ref("Delivery"), why: text("Why.") }, { agent }),
  "adapter.up": record({ adapter: text("Adapter.") }, { agent }),
  "adapter.down": record({ adapter: text("Adapter."), error: ref("Problem") }, { agent }),
};

/** What each event means, for readers of the description. */
const meanings: Record<CtiEventType, string> = {
  "session.connecting": "A connection to Finesse is being made",
  "session.connected": "An agent's session has its connection to Finesse",
  "session.disconnected": "An agent's session lost its connection to Finesse",
  "session.conflict": "The agent is signed in elsewhere",
  "session.shared": "Another client of the agent works beside this one",
  "session.failed-over": "The session went to the other Finesse server",
  "session.unattended": "Nobody was there for the agent any more",
  "session.signed-out": "The agent is signed out",
  "session.gap": "Nobody watched the agent for a while",
  "service.in-service": "Finesse is in service",
  "service.out-of-service": "Finesse is out of service",
  "agent.changed": "An agent's state has changed",
  "call.started": "A call begins at an agent",
  "call.changed": "A call has changed",
  "call.released": "The talk is over; wrap-up may follow",
  "call.ended": "The call is gone",
  "command.failed": "Finesse refused a command after it had accepted it",
  "message.received": "A message for the agent",
  "delivery.sent": "A CRM took a message",
  "delivery.delayed": "A message to a CRM is tried again",
  "delivery.expired": "A message to a CRM was given up",
  "delivery.failed": "A CRM refused a message",
  "adapter.up": "A CRM adapter is connected",
  "adapter.down": "A CRM adapter is not connected",
};

/** What an agent's leg came to, as a CRM logs it. */
const callLog = record(
  {
    callObject: text(
      "Interaction and agent: the key of the record. One record each, however often it is told.",
    ),
    agent,
    interaction: text("The interaction."),
    callType: text("Which way it went.", { enum: ["Inbound", "Outbound", "Internal"] }),
    number: text("The number at the customer's end."),
    startedAt: time("When it began."),
    estimated: { type: "boolean", description: "Its end was not seen." },
  },
  {
    dialed: text("The number that the customer dialled."),
    queue: text("Queue."),
    answeredAt: time("When the agent took it."),
    endedAt: time("When the talk was over; absent while it goes on."),
    seconds: number("Seconds of talk; 0 when nobody answered."),
    disposition: text("Wrap-up reasons."),
    notes: text("What the agent wrote."),
    who: text("Id of the person it is about."),
    what: text("Id of the thing it is about."),
  },
  "The record of an agent's leg: told when it is to be written and whenever it changes, whole each time.",
);

/** Schemas that others refer to, as `components.schemas` of an OpenAPI document. */
export const sharedSchemas: Readonly<Record<string, Schema>> = {
  Call: call,
  Agent: agentState,
  Problem: problem,
  Refusal: refusal,
  Delivery: delivery,
  CallLog: callLog,
};

/** A CloudEvent 1.0 of this type. */
function eventSchema(type: string, meaning: string, data: Schema): Schema {
  return record(
    {
      specversion: text("CloudEvents' version.", { const: "1.0" }),
      id: text("Unique within its source; but for records it sorts as text in the order of events."),
      source: text("The connector that tells it.", { format: "uri-reference" }),
      type: text(`${meaning}.`, { const: type }),
      time: time("When it happened."),
      datacontenttype: text("What data is.", { const: "application/json" }),
      dataschema: text("Version of the data; new fields alone make no new version.", {
        const: dataSchemaVersion,
      }),
      data,
    },
    {
      subject: text("`agents/ID`, and of calls `agents/ID/interactions/ID`."),
      cause: text("What led to it: a command, or a request of a CRM."),
    },
    `${meaning}.`,
  );
}

const logMeaning = "The record of an agent's leg is to be written, or brought up to date";

/** The events there are, each a CloudEvent 1.0 with its own `data`. */
export const eventSchemas: readonly { type: string; meaning: string; schema: Schema }[] = [
  ...eventTypes.map((type) => ({
    type: `cti.${type}`,
    meaning: meanings[type],
    schema: eventSchema(`cti.${type}`, meanings[type], dataOfTypes[type]),
  })),
  {
    type: `cti.${logType}`,
    meaning: logMeaning,
    schema: eventSchema(`cti.${logType}`, logMeaning, record({ agent, log: ref("CallLog") })),
  },
  {
    type: pingType,
    meaning: "Shows that the way is open, and means nothing else",
    schema: eventSchema(
      pingType,
      "Shows that the way is open, and means nothing else",
      record({ target: text("The target that it was sent to.") }),
    ),
  },
];
