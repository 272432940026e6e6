import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { commandSchema, deeds, readCommand } from "../../../../src/crm/open-cti/webhooks/command.ts";
import { eventsSchema, openApi } from "../../../../src/crm/open-cti/webhooks/openapi.ts";
import { CtiError } from "../../../../src/model/errors.ts";
import { agent as agentSample, call as callSample } from "../../samples.ts";
import { everyEvent } from "./event-samples.ts";
import { type Answered, ask, type Asking, openDoor, outcomeOf } from "./inbound-stage.ts";
import { judge } from "./schema-judge.ts";

type Node = Record<string, unknown>;

const document = JSON.parse(JSON.stringify(openApi({ version: "1.2.3" }))) as Node;

function at(...path: string[]): Node {
  let node: unknown = document;
  for (const step of path) node = (node as Node)[step];
  return node as Node;
}

/** Every object of the document, with where it is. */
function* nodes(node: unknown, path: string[] = []): Iterable<{ path: string[]; node: Node }> {
  if (typeof node !== "object" || node === null) return;
  if (!Array.isArray(node)) yield { path, node: node as Node };
  for (const [name, child] of Object.entries(node)) yield* nodes(child, [...path, name]);
}

const operation = at("paths", "/v1/commands", "post");

describe("the OpenAPI document", () => {
  test("has what OpenAPI 3.1 asks for, and nothing else at its top", () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(Object.keys(document).sort()).toEqual([
      "components",
      "info",
      "openapi",
      "paths",
      "servers",
      "webhooks",
    ]);
    expect(at("info")).toMatchObject({ title: expect.any(String), version: "1.2.3" });
    for (const name of Object.keys(at("paths"))) expect(name).toStartWith("/");
    for (const { url } of document.servers as { url: string }[]) expect(URL.canParse(url)).toBe(true);
    for (const kind of Object.keys(at("components")))
      expect(kind).toBeOneOf(["schemas", "parameters", "securitySchemes", "responses"]);
    for (const kind of ["schemas", "parameters"])
      for (const name of Object.keys(at("components", kind))) expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
  });

  test("every reference leads somewhere, and everything is referred to", () => {
    const used = new Set<string>();
    for (const { path, node } of nodes(document)) {
      if (typeof node.$ref !== "string") continue;
      expect(Object.keys(node)).toEqual(["$ref"]);
      const [root, ...steps] = node.$ref.split("/");
      expect([path.join("/"), root, at(...steps) !== undefined]).toEqual([path.join("/"), "#", true]);
      used.add(node.$ref);
    }
    for (const kind of ["schemas", "parameters"])
      for (const name of Object.keys(at("components", kind)))
        expect(used).toContain(`#/components/${kind}/${name}`);
  });

  test("operations have an id of their own, a body, and described answers", () => {
    const posts = [...nodes(document)].filter(({ node }) => "operationId" in node);
    expect(posts).toHaveLength(Object.keys(at("webhooks")).length + 1);
    expect(new Set(posts.map(({ node }) => node.operationId)).size).toBe(posts.length);
    for (const { node } of posts) {
      expect(node).toMatchObject({ requestBody: { required: true }, summary: expect.any(String) });
      for (const [status, answer] of Object.entries(node.responses as Node)) {
        expect(status).toMatch(/^(?:[1-5]\d\d|[1-5]XX|default)$/);
        expect(answer).toMatchObject({ description: expect.any(String) });
      }
      const names = (node.parameters as { $ref: string }[]).map(({ $ref }) => $ref.split("/").at(-1));
      expect(names).toEqual(["webhook-id", "webhook-timestamp", "webhook-signature"]);
    }
    for (const parameter of Object.values(at("components", "parameters")))
      expect(parameter).toMatchObject({ in: "header", required: true, schema: { type: "string" } });
  });

  test("each webhook's schema takes its own events and no others", () => {
    const names = Object.keys(at("webhooks"));
    const ref = (name: string) =>
      at("webhooks", name, "post", "requestBody", "content", "application/cloudevents+json", "schema")
        .$ref as string;
    expect(new Set(names.map(ref)).size).toBe(names.length);
    for (const event of everyEvent()) expect(names).toContain(`cti.${event.type}`);
    expect(names).toContain("cti.ping");
  });

  test("the schema of events is the same as in the document", () => {
    const schema = JSON.parse(JSON.stringify(eventsSchema())) as Node;
    expect(schema.components).toEqual({ schemas: at("components", "schemas") });
    expect((schema.oneOf as unknown[]).length).toBe(Object.keys(at("webhooks")).length);
  });
});

describe("what the port really answers", () => {
  const door = openDoor({ limits: { bodyTime: 50 } });
  afterAll(() => door.stop());
  const dial = { agent: "1001", do: "dial", number: "5551234" };
  const seen = new Set<string>();

  /** Its status is described, and its body is as described. */
  function expectDescribed(answer: Answered): void {
    const described = (operation.responses as Node)[String(answer.status)] as
      { content: { "application/json": { schema: Node } } } | undefined;
    expect([answer.status, described !== undefined]).toEqual([answer.status, true]);
    const { schema } = described?.content["application/json"] ?? { schema: {} };
    const judged = judge({ ...schema, components: document.components });
    expect([answer.status, judged(answer.json), judged.errors]).toEqual([answer.status, true, null]);
    seen.add(String(answer.status));
  }

  const cases: [string, unknown, Asking, (() => Promise<ReturnType<typeof outcomeOf>>)?][] = [
    ["confirmed", dial, {}],
    [
      "with all there is",
      dial,
      {},
      async () =>
        outcomeOf("1001", { verb: "dial", number: "1" }, { state: agentSample(), call: callSample() }),
    ],
    [
      "pending",
      { agent: "1001", do: "ready" },
      {},
      async () => outcomeOf("1001", { verb: "ready" }, { outcome: "pending" }),
    ],
    [
      "refused",
      dial,
      {},
      async () =>
        outcomeOf(
          "1001",
          { verb: "dial", number: "1" },
          {
            outcome: "refused",
            refusal: { type: "x", code: undefined, words: "no", hint: undefined, late: false },
          },
        ),
    ],
    [
      "unknown",
      dial,
      {},
      async () => outcomeOf("1001", { verb: "dial", number: "1" }, { outcome: "unknown" }),
    ],
    ["a note", { agent: "1001", do: "note", interaction: "I", text: "" }, {}],
    ["a pop result", { agent: "1001", do: "pop-result", interaction: "I", matches: [] }, {}],
    ["no command", "{", {}],
    ["no such command", { agent: "1001", do: "fly" }, {}],
    ["not signed in", dial, {}, () => Promise.reject(new CtiError({ code: "not-signed-in", message: "no" }))],
    [
      "Finesse away",
      dial,
      {},
      () =>
        Promise.reject(
          new CtiError({
            code: "finesse-unreachable",
            message: "no",
            why: "w",
            hint: "h",
            details: { port: 1 },
          }),
        ),
    ],
    ["too late", dial, {}, () => Promise.reject(new CtiError({ code: "timeout", message: "no" }))],
    ["a refusal", dial, {}, () => Promise.reject(new CtiError({ code: "refused", message: "no" }))],
    ["a mistake", dial, {}, () => Promise.reject(new Error("x"))],
    ["not authorized", dial, { token: "wrong" }],
    ["from a page", dial, { headers: { origin: "https://evil.example" } }],
    ["not POST", dial, { method: "PUT" }],
    ["not JSON", dial, { headers: { "content-type": "text/plain" } }],
    ["too long", "x".repeat(70_000), {}],
  ];
  test("is all described, and nothing is described that never comes", async () => {
    for (const [, body, asking, work] of cases) {
      door.work = work ?? (async (agent, command) => outcomeOf(agent, command));
      expectDescribed(await ask(door, body, asking));
    }
    door.work = async (agent, command) => outcomeOf(agent, command);
    await ask(door, dial, { id: "one" });
    expectDescribed(await ask(door, { ...dial, number: "1" }, { id: "one" }));
    for (const why of ["late", "busy", "broken", "failed", "long"] as const) {
      const { status, body } = door.commands.turnDown(why);
      expectDescribed({ status, text: body, json: JSON.parse(body) as Node, headers: new Headers() });
    }
    expect([...seen].sort()).toEqual(Object.keys(operation.responses as Node).sort());
  });
});

describe("commands: the reader takes what the schema says, and nothing else", () => {
  const fits = judge({ ...(JSON.parse(JSON.stringify(commandSchema)) as Node) });
  const reads = (value: unknown): boolean => {
    try {
      readCommand(value);
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(CtiError);
      expect(error).toMatchObject({ code: "input-invalid" });
      return false;
    }
  };

  const word = fc.oneof(
    { weight: 6, arbitrary: fc.stringMatching(/^[A-Za-z0-9.@-]{1,20}$/) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 70 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("", "a\u0000b", "a b", "x".repeat(65), "\u{1f642}".repeat(64), "__proto__"),
    },
  );
  const value = fc.oneof({ weight: 5, arbitrary: word }, { weight: 1, arbitrary: fc.jsonValue() });
  const match = fc.oneof(
    { weight: 5, arbitrary: fc.record({ id: word, type: word, name: word }) },
    { weight: 1, arbitrary: fc.record({ id: word, type: value, more: value }, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
  const command = fc.record(
    {
      agent: value,
      do: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom<string>(...deeds) },
        { weight: 1, arbitrary: value },
      ),
      number: value,
      call: value,
      reason: value,
      interaction: value,
      text: value,
      who: value,
      what: value,
      popped: value,
      matches: fc.oneof(fc.array(match, { maxLength: 3 }), fc.jsonValue()),
      extra: fc.jsonValue(),
    },
    { requiredKeys: ["agent", "do"] },
  );

  test("for anything that is nearly a command", () => {
    fc.assert(
      fc.property(command, (given) => {
        const json: unknown = JSON.parse(JSON.stringify(given));
        expect([json, reads(json)]).toEqual([json, fits(json)]);
      }),
      { numRuns: 1500 },
    );
  });

  test("for each of them, as it should be", () => {
    const all: Record<(typeof deeds)[number], object> = {
      dial: { number: "5551234" },
      answer: { call: "1" },
      hold: {},
      retrieve: {},
      drop: {},
      ready: {},
      "not-ready": { reason: "Lunch" },
      "pop-result": { interaction: "I", matches: [{ id: "1", type: "Contact", name: "Ana" }], popped: "1" },
      note: { interaction: "I", text: "x", who: "1", what: "2" },
    };
    for (const deed of deeds) {
      const json = { agent: "1001", do: deed, ...all[deed] };
      expect([deed, reads(json), fits(json)]).toEqual([deed, true, true]);
    }
  });

  test("for any JSON at all; and of what was asked nothing is repeated", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(reads(json)).toBe(fits(json) === true);
      }),
    );
    for (const json of [
      { do: "hunter2", agent: "1" },
      { do: "dial", agent: "1", number: "1", hunter2: 1 },
      { do: "dial", agent: "hunter2 x", number: "1" },
    ])
      expect(() => readCommand(json)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining("hunter2") }),
      );
  });

  test("no field of Object's prototype is taken for one that was given", () => {
    expect(reads(JSON.parse('{"agent":"1","do":"dial","number":"1","__proto__":{"x":1}}'))).toBe(false);
    expect(reads({ agent: "1", do: "constructor" })).toBe(false);
  });
});
