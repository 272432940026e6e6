import { afterEach, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { EventPost } from "../../../src/crm/ebs/post.ts";

const post = new EventPost();
const servers: { stop: () => void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.stop();
});

/** A listener that answers every request with these bytes, or never. */
async function listener(answer: string | undefined): Promise<{ port: number; got: () => string }> {
  let got = "";
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (piece) => {
      got += piece.toString();
      if (answer === "") socket.destroy();
      else if (answer !== undefined) socket.end(answer);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  servers.push({ stop: () => server.close() });
  const address = server.address();
  return { port: typeof address === "object" && address !== null ? address.port : 0, got: () => got };
}

const answered = (status: string, body = ""): string =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;

const send = (port: number, policy: "pop" | "record" = "record", signal = new AbortController().signal) =>
  post.post({ host: "127.0.0.1", name: "localhost", port }, "<CCTSDK/>", policy, signal);

test("one POST in UTF-8 to the root, in a connection of its own", async () => {
  const { port, got } = await listener(answered("200 OK"));
  expect(await send(port)).toEqual({ result: "sent" });
  const text = got();
  expect(text).toStartWith("POST / HTTP/1.1\r\n");
  expect(text.toLowerCase()).toContain("content-type: text/xml; charset=utf-8");
  expect(text.toLowerCase()).toContain(`host: localhost:${port}`);
  expect(text.toLowerCase()).toContain("connection: close");
  expect(text).toEndWith("<CCTSDK/>");
});

test("an Error event in the answer is told, and it counts as taken", async () => {
  const body = `<CCTSDK><event name="Error"><data name="occtErrorMsg" value="no such item"/></event></CCTSDK>`;
  const { port } = await listener(answered("200 OK", body));
  expect(await send(port)).toEqual({
    result: "sent",
    note: "EBS took it and answered with an error: no such item",
  });
});

test.each([
  ["503 Service Unavailable", "retry"],
  ["404 Not Found", "retry"],
  ["302 Found", "retry"],
  ["400 Bad Request", "rejected"],
  ["413 Too Large", "rejected"],
])("%s: %s", async (status, result) => {
  const { port } = await listener(answered(status));
  expect(await send(port)).toMatchObject({ result, why: expect.stringContaining(status.slice(0, 3)) });
});

test("nobody listens: it surely did not arrive, a pop may be tried again", async () => {
  const { port } = await listener(undefined);
  servers.splice(0).forEach((server) => server.stop());
  for (const policy of ["pop", "record"] as const)
    expect(await send(port, policy)).toMatchObject({
      result: "retry",
      why: expect.stringContaining("does not listen"),
    });
});

test("a connection that breaks: a record is sent again, a pop may have arrived and is not", async () => {
  const { port } = await listener("");
  expect(await send(port, "record")).toMatchObject({ result: "retry" });
  expect(await send(port, "pop")).toMatchObject({
    result: "rejected",
    why: expect.stringContaining("not sent twice"),
  });
});

test("an EBS that never answers is left when the signal says so", async () => {
  const { port } = await listener(undefined);
  const abort = new AbortController();
  const sending = send(port, "record", abort.signal);
  abort.abort();
  expect(await sending).toMatchObject({ result: "retry" });
});
