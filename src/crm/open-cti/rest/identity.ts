import type { SalesforceClient } from "./client.ts";
import { listOf } from "./errors.ts";
import { textOf } from "./json.ts";
import { soqlText } from "./query-text.ts";
import type { Token } from "./oauth/token.ts";

/** Who is signed in. */
export interface Identity {
  /** Id of the user, 005…, and of the org, 00D…. */
  user: string | undefined;
  org: string | undefined;
  username: string | undefined;
  name: string | undefined;
  instance: string;
}

/** What the token says, and the user's names as the org has them. Needs no scope but `api`. Throws as `SalesforceClient.ask`. */
export async function identityOf(
  client: SalesforceClient,
  { user, org, instance }: Token,
  signal?: AbortSignal,
): Promise<Identity> {
  if (user === undefined) return { user, org, username: undefined, name: undefined, instance };
  const answer = await client.ask({
    method: "GET",
    path: "/query/",
    query: new URLSearchParams({ q: `SELECT Username, Name FROM User WHERE Id = ${soqlText(user)}` }),
    kind: "record",
    what: "the question who is signed in",
    ...(signal !== undefined && { signal }),
  });
  const [found] = listOf(answer, "records");
  return { user, org, username: textOf(found?.Username), name: textOf(found?.Name), instance };
}
