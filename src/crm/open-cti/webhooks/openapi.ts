import { deeds, commandSchema } from "./command.ts";
import { contentType } from "./cloud-event.ts";
import { commandsPath } from "./door.ts";
import { eventSchemas, record, type Schema, sharedSchemas, text } from "./schema.ts";

const ref = (kind: "schemas" | "parameters" | "responses", name: string): { $ref: string } => ({
  $ref: `#/components/${kind}/${name}`,
});

const headersOf = [
  ["webhook-id", "Id of the message: the same when it comes again."],
  [
    "webhook-timestamp",
    "When it was signed: seconds since the epoch. Within 5 minutes of the receiver's clock.",
  ],
  [
    "webhook-signature",
    "`v1,` and Base64 of HMAC-SHA256 over `id.timestamp.body`; several, with a space between, while secrets are changed.",
  ],
] as const;

const outcome: Schema = {
  ...record(
    {
      verb: text("What was asked.", { enum: [...deeds, "logout"] }),
      outcome: text("What became of it.", { enum: ["confirmed", "pending", "refused", "unknown"] }),
      agent: text("The agent."),
      cause: text("Ties it to what it leads to: events carry it too."),
      message: text("One sentence for a person."),
      elapsed: { type: "number", description: "Milliseconds." },
    },
    { refusal: ref("schemas", "Refusal"), state: ref("schemas", "Agent"), call: ref("schemas", "Call") },
  ),
  description: "What became of a command.",
};

const nameOf = (type: string): string =>
  type
    .replace(/^cti\./, "")
    .split(/[.-]/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");

const json = (name: string): object => ({ "application/json": { schema: ref("schemas", name) } });
const answer = (description: string, name: string): object => ({ description, content: json(name) });

/** The JSON Schema of all events, for whoever validates without OpenAPI. */
export function eventsSchema(): object {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    oneOf: eventSchemas.map(({ type }) => ref("schemas", `${nameOf(type)}Event`)),
    components: { schemas: schemas() },
  };
}

/** An OpenAPI 3.1 description of what webhooks send and take. `version`: the program's. */
export function openApi({ version }: { version: string }): object {
  return {
    openapi: "3.1.0",
    info: {
      title: "cti webhooks",
      version,
      description:
        "Events go out as CloudEvents 1.0, signed as Standard Webhooks; at least once, in order for each agent. Commands come in with a bearer token and a signature of the same kind.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [
      { url: "http://127.0.0.1:8113", description: "Where inbound commands listen, unless told otherwise." },
    ],
    webhooks: Object.fromEntries(
      eventSchemas.map(({ type, meaning }) => [
        type,
        {
          post: {
            operationId: `on${nameOf(type)}`,
            summary: meaning,
            security: [],
            parameters: headersOf.map(([name]) => ref("parameters", name)),
            requestBody: {
              required: true,
              content: {
                [contentType.replace(/;.*/, "")]: { schema: ref("schemas", `${nameOf(type)}Event`) },
              },
            },
            responses: {
              "2XX": { description: "Taken; it does not come again." },
              "400": {
                description:
                  "Refused, as every status from 400 to 499 but those named here and 402, 405, 407, 421, 423, 426, 428, 451: this one does not come again.",
              },
              "401": {
                description:
                  "Not now: so are 403, 404 and all that speak of the receiver and not of the message. It is tried again, for a day.",
              },
              "410": { description: "No webhooks any more: the target is off." },
              "429": { description: "Later, as 408 and 425; Retry-After says when." },
              "3XX": { description: "Redirects are not followed: it is tried again." },
              "5XX": { description: "It is tried again, for a day; Retry-After is heeded." },
            },
          },
        },
      ]),
    ),
    paths: {
      [commandsPath]: {
        post: {
          operationId: "command",
          summary: "Asks something for an agent",
          description:
            "The same webhook-id with the same body is answered as before, and nothing is done again. Whoever is not authorized is not told why.",
          security: [{ token: [] }],
          parameters: headersOf.map(([name]) => ref("parameters", name)),
          requestBody: { required: true, content: json("Command") },
          responses: {
            "200": answer("Done: the phone says so.", "Outcome"),
            "202": answer("Accepted for later: after the call.", "Outcome"),
            "400": answer("No command, or not the only one that fits.", "Failure"),
            "401": answer("Not authorized.", "Failure"),
            "403": answer("From a web page, or by a name that is not this computer's.", "Failure"),
            "404": answer("No such agent here, or no such call.", "Failure"),
            "405": answer("Not POST.", "Failure"),
            "408": answer("The body did not come in time.", "Failure"),
            "409": answer("The webhook-id came with another command before.", "Failure"),
            "413": answer("Longer than 64 KB.", "Failure"),
            "415": answer("Not application/json.", "Failure"),
            "422": {
              description: "Finesse or the switch said no.",
              content: {
                "application/json": {
                  schema: { oneOf: [ref("schemas", "Outcome"), ref("schemas", "Failure")] },
                },
              },
            },
            "500": answer("A mistake in the program.", "Failure"),
            "502": answer("Finesse cannot be reached.", "Failure"),
            "503": answer("Too many at once, or the connector stops: Retry-After says when.", "Failure"),
            "504": {
              description: "Nobody knows yet what became of it.",
              content: {
                "application/json": {
                  schema: { oneOf: [ref("schemas", "Outcome"), ref("schemas", "Failure")] },
                },
              },
            },
          },
        },
      },
    },
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      parameters: Object.fromEntries(
        headersOf.map(([name, description]) => [
          name,
          { name, in: "header", required: true, description, schema: { type: "string" } },
        ]),
      ),
      schemas: schemas(),
    },
  };
}

function schemas(): Record<string, Schema> {
  return {
    ...sharedSchemas,
    ...Object.fromEntries(eventSchemas.map(({ type, schema }) => [`${nameOf(type)}Event`, schema])),
    Command: commandSchema,
    Outcome: outcome,
    Failure: record({ error: ref("schemas", "Problem") }),
  };
}
