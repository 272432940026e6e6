import { CtiError } from "../model/errors.ts";
import { limits } from "./limits.ts";

/** The body as JSON; what is in it is for requests.ts to say. */
export async function readBody(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch (error) {
    throw new CtiError({ code: "usage", message: "the body of the request is not JSON" }, { cause: error });
  }
}

/** `limit=` of a page: 100 by default, at most 1000. */
export function limitOf(query: URLSearchParams): number {
  const asked = Number(query.get("limit") ?? limits.pageDefault);
  if (!Number.isInteger(asked) || asked < 1) throw usage("limit must be a whole number from 1 on");
  return Math.min(asked, limits.pageMost);
}

/** One part of a path. */
export function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw usage("the path is not well encoded");
  }
}

export function usage(message: string): CtiError {
  return new CtiError({ code: "usage", message });
}

export function noSuchPath(path: string): CtiError {
  return usage(`the control API has no ${path}`);
}
