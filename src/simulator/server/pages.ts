/** What the web proxy in front of Finesse says for itself. */
export function page(status: number, title: string): Response {
  const body = `<html>\n<head><title>${status} ${title}</title></head>\n<body><h1>${status} ${title}</h1></body>\n</html>\n`;
  return new Response(body, { status, headers: { "Content-Type": "text/html" } });
}

/** Accepts and never answers; ends when the client gives up. */
export function hang<Data>(request: Request, server: Bun.Server<Data>): Promise<Response> {
  // Bun cuts a request without an answer at its idle time-out, which a dead network would not do.
  server.timeout(request, 0);
  return new Promise((resolve) => {
    request.signal.addEventListener("abort", () => resolve(new Response(null, { status: 499 })));
  });
}

/** An answer that breaks off: the client sees its connection reset. */
export function broken(): Response {
  return new Response(
    new ReadableStream({
      start(controller) {
        // Later, and with `development: false`: otherwise Bun reports the error on stderr.
        setImmediate(() => controller.error(new Error("cut")));
      },
    }),
  );
}
