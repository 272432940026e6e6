import type { Json, Question } from "../crm/adapter.ts";
import { Fields } from "./fields.ts";
import { noSuchPath, readBody } from "./request-parts.ts";

export type AskAdapter = (name: string, what: string, given: Question) => Promise<Json>;

/** What faces ask of one adapter: `POST /adapters/NAME/ask`. `rest`: the path behind. */
export async function adapterRoute(
  request: Request,
  url: URL,
  rest: readonly string[],
  ask: AskAdapter,
): Promise<Response> {
  const [name = "", room, ...more] = rest;
  if (request.method !== "POST" || room !== "ask" || more.length > 0)
    throw noSuchPath(`${request.method} ${url.pathname}`);
  const body = await readBody(request);
  const fields = new Fields(body);
  fields.only("what", "given");
  const what = fields.name("what");
  fields.optional("given");
  // It came as JSON, and is an object where it is there.
  const { given } = body as { given?: Question | null };
  return Response.json(await ask(name, what, given ?? {}));
}
