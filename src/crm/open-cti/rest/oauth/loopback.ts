import { timingSafeEqual } from "node:crypto";
import { createServer, type Server, type ServerResponse } from "node:http";
import { CtiError } from "../../../../model/errors.ts";

/** Waits on this computer for the browser to come back with a code. */
export interface Loopback {
  /** `http://localhost:PORT/callback`: what the app must have among its callbacks. */
  redirect: string;
  /** The code, once; the listener is closed by then. Throws `credentials-refused`, `interrupted`. */
  code: Promise<string>;
  close(): void;
}

const path = "/callback";

/** Milliseconds for a request to arrive: one that only connects must not hold the door open. */
const patience = 10_000;

/**
 * Listens on a port of this computer alone (0: a free one) for the one redirect that carries `state`. Anything else (another path, a foreign
 * Host, a wrong state, a second request) is turned away without ending the wait: any page could send it. Throws `config-invalid` for a
 * port in use.
 */
export async function listenForCode(
  state: string,
  { port = 0, signal }: { port?: number; signal?: AbortSignal } = {},
): Promise<Loopback> {
  let settle: { resolve: (code: string) => void; reject: (error: CtiError) => void } | undefined;
  const code = new Promise<string>((resolve, reject) => (settle = { resolve, reject }));
  // Nobody may be waiting when it is closed.
  code.catch(() => {});
  let done = false;
  const servers: Server[] = [];
  const close = (): void => {
    for (const server of servers) {
      server.close();
      // The last answer goes out first: its connection ends by itself.
      server.closeIdleConnections();
    }
    signal?.removeEventListener("abort", onAbort);
  };
  const finish = (act: () => void): void => {
    if (done) return;
    done = true;
    act();
    close();
  };
  const stopped = (): CtiError => new CtiError({ code: "interrupted", message: "the sign-in was stopped" });
  const onAbort = (): void => finish(() => settle?.reject(stopped()));

  let bound = 0;
  const serve = async (host: string, at: number): Promise<number> => {
    const server = createServer((request, response) => {
      const { method, headers, url = "" } = request;
      const asked = new URL(url.startsWith("/") ? url : "/", "http://localhost");
      if (!["localhost", "127.0.0.1", "[::1]"].some((name) => headers.host === `${name}:${bound}`))
        return answer(response, 421, "This is not for you.");
      if (method !== "GET" || asked.pathname !== path) return answer(response, 404, "There is nothing here.");
      if (done || !same(asked.searchParams.get("state") ?? "", state))
        return answer(response, 403, "This is not the sign-in that is waited for.");
      const given = asked.searchParams.get("code");
      const error = asked.searchParams.get("error");
      if (given !== null && given !== "") {
        answer(response, 200, "Signed in. You can close this page and go back to the terminal.");
        finish(() => settle?.resolve(given));
        return;
      }
      answer(response, 200, "Not signed in. The terminal says more.");
      finish(() => settle?.reject(denied(error, asked.searchParams.get("error_description"))));
    });
    server.requestTimeout = patience;
    server.headersTimeout = patience;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(at, host, resolve);
    });
    servers.push(server);
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : at;
  };
  try {
    bound = await serve("127.0.0.1", port);
  } catch (error) {
    throw new CtiError(
      {
        code: "config-invalid",
        message: `port ${port} of this computer cannot be listened on`,
        why: error instanceof Error ? error.message : String(error),
        hint: "name another with --port, which the app has among its callbacks too, or sign in with --flow device",
      },
      { cause: error },
    );
  }
  // Browsers try ::1 for localhost first; without it they take the other.
  await serve("::1", bound).catch(() => {});
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener("abort", onAbort, { once: true });
  return {
    redirect: `http://localhost:${bound}${path}`,
    code,
    close: () => finish(() => settle?.reject(stopped())),
  };
}

function answer(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    connection: "close",
    "cache-control": "no-store",
    // The address holds the code.
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
  });
  response.end(`${words}\n`);
}

function denied(error: string | null, words: string | null): CtiError {
  return new CtiError({
    code: "credentials-refused",
    message:
      error === "access_denied" ? "the sign-in was denied in the browser" : "Salesforce refused the sign-in",
    why: [error ?? "no code came", words ?? ""]
      .filter((part) => part !== "")
      .join(": ")
      .slice(0, 500),
    hint:
      error === "access_denied"
        ? "run cti open-cti sign-in again and allow it"
        : "check the app: its callbacks, its scopes (api, refresh_token), and who may use it",
  });
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
