import { beforeEach, expect, test } from "bun:test";
import { adapterRoute } from "../../src/connector/adapter-routes.ts";
import type { Json, Question } from "../../src/crm/adapter.ts";
import { toCtiError } from "../../src/model/errors.ts";

let asked: unknown[];

beforeEach(() => {
  asked = [];
});

async function send(path: string, body: unknown, method = "POST"): Promise<unknown> {
  const url = new URL(`http://localhost/v1${path}`);
  const request = new Request(url.href, {
    method,
    ...(method !== "GET" && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const ask = (name: string, what: string, given: Question): Promise<Json> => {
    asked.push([name, what, given]);
    return Promise.resolve({ answer: 42 });
  };
  try {
    const response = await adapterRoute(request, url, url.pathname.split("/").slice(3), ask);
    return await response.json();
  } catch (error) {
    return toCtiError(error).code;
  }
}

test("a question goes to the adapter that is named, and its answer comes back", async () => {
  const answer = await send("/adapters/open-cti/ask", { what: "pair", given: { agent: "1001" } });
  expect(answer).toEqual({ answer: 42 });
  expect(asked).toEqual([["open-cti", "pair", { agent: "1001" }]]);
});

test("a question may need nothing beside its name", async () => {
  await send("/adapters/ebs/ask", { what: "places" });
  expect(asked).toEqual([["ebs", "places", {}]]);
});

test("what is no question is a usage error, and reaches no adapter", async () => {
  expect(await send("/adapters/ebs/ask", {})).toBe("usage");
  expect(await send("/adapters/ebs/ask", { what: "" })).toBe("usage");
  expect(await send("/adapters/ebs/ask", { what: "pair", agent: "1001" })).toBe("usage");
  expect(await send("/adapters/ebs/ask", "no JSON")).toBe("usage");
  expect(await send("/adapters/ebs/ask", { what: "pair", given: "1001" })).toBe("usage");
  expect(await send("/adapters/ebs/ask", undefined, "GET")).toBe("usage");
  expect(await send("/adapters/ebs/tell", { what: "pair" })).toBe("usage");
  expect(await send("/adapters/ebs/ask/me", { what: "pair" })).toBe("usage");
  expect(asked).toEqual([]);
});
