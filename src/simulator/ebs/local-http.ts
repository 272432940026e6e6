import { CtiError, type ErrorCode } from "../../model/errors.ts";

/**
 * What the control API and the event listeners need of HTTP: JSON in and out, errors as `{"error": …}` in the form of model/errors.ts, web
 * pages kept out.
 */

const statuses: Partial<Record<ErrorCode, number>> = {
  usage: 400,
  "input-invalid": 400,
  "ambiguous-agent": 400,
  "no-such-call": 404,
  refused: 409,
  timeout: 504,
};

export function json(value: unknown, status = 200): Response {
  return new Response(`${JSON.stringify(value)}\n`, {
    status,
    headers: { "Content-Type": "application/json" },
  });
}

/** An error as a response; `status` where its code does not decide. */
export function failure(error: CtiError, status = statuses[error.code] ?? 500): Response {
  return json({ error: error.toJSON() }, status);
}

/** The body as JSON, an empty one as `{}`. Throws `input-invalid`. */
export async function bodyOf(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new CtiError({ code: "input-invalid", message: "the body is not JSON" });
  }
}

/** Why a request is not served: a page in a browser must not reach this port, whatever name it uses for it (DNS rebinding). */
export function refusalOf(request: Request, port: number): CtiError | undefined {
  const { headers } = request;
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!own.includes(headers.get("host") ?? "")) return foreign("the Host header is not this server's");
  for (const name of ["origin", "referer"]) {
    const value = headers.get(name);
    if (value !== null && !(URL.canParse(value) && own.includes(new URL(value).host)))
      return foreign("requests of web pages are not served");
  }
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "none" && site !== "same-origin")
    return foreign("requests of web pages are not served");
  return undefined;
}

function foreign(message: string): CtiError {
  return new CtiError({ code: "usage", message });
}
