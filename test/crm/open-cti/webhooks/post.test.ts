import { afterAll, describe, expect, test } from "bun:test";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { AllowedNetworks } from "../../../../src/crm/open-cti/webhooks/addresses.ts";
import { Post, type PostOptions } from "../../../../src/crm/open-cti/webhooks/post.ts";
import { ManualClock, systemClock } from "../../../../src/platform/clock.ts";
import { makeAuthority } from "../../../../src/simulator/server/certificates.ts";
import { Receiver } from "./receiver.ts";

const loopback = new AllowedNetworks(["127.0.0.1"]);
const nothing = new AllowedNetworks([]);
const never = new AbortController().signal;
const posts: Post[] = [];
const receiver = await Receiver.open();
afterAll(async () => {
  await Promise.all(posts.map((post) => post.close()));
  await receiver.close();
});

function post(url: string, options: Partial<PostOptions> = {}): Post {
  const made = new Post({ url, ca: [], allowed: loopback, clock: systemClock, ...options });
  posts.push(made);
  return made;
}

const send = (to: Post, signal = never) => to.send("{}", { "content-type": "application/json" }, signal);

describe("only where a webhook may go", () => {
  test.each([
    ["the loopback", "http://127.0.0.1:{}/"],
    ["in IPv6", "https://[::1]:{}/"],
    ["in IPv6's clothes", "https://[::ffff:127.0.0.1]:{}/"],
    ["as a number", "https://2130706433:{}/"],
    ["in hexadecimal", "https://0x7f.1:{}/"],
    ["this machine", "https://0.0.0.0:{}/"],
    ["by name", "https://localhost:{}/"],
    ["by a name of ours", "https://inside.example.com:{}/"],
    ["cloud metadata", "http://169.254.169.254/latest/meta-data/"],
    ["cloud metadata in IPv6", "http://[fd00:ec2::254]/latest/"],
    ["Azure's", "http://168.63.129.16/machine"],
    ["a private network", "https://10.0.0.1/"],
  ])("not %s", async (_, url) => {
    const before = receiver.connections;
    const names = url.includes("inside") ? { lookup: async () => ["127.0.0.1"] } : {};
    const heard = await send(post(url.replace("{}", String(receiver.port)), { allowed: nothing, ...names }));
    expect(heard).toEqual({
      failure: expect.stringContaining("is not called: "),
    });
    expect(JSON.stringify(heard)).toContain("allow-networks");
    expect(receiver.connections).toBe(before);
  });

  test("not without TLS outside of the networks that the site allows", async () => {
    expect(await send(post("http://8.8.8.8/", { allowed: loopback }))).toEqual({
      failure: expect.stringContaining("without TLS"),
    });
  });

  test("not a name with one wrong address among right ones, in whatever order", async () => {
    for (const addresses of [
      ["8.8.8.8", "10.0.0.1"],
      ["10.0.0.1", "8.8.8.8"],
      ["8.8.8.8", "::ffff:169.254.169.254"],
      ["8.8.8.8", "fe80::1%eth0"],
    ])
      expect(
        await send(post("https://crm.example.com/", { allowed: nothing, lookup: async () => addresses })),
      ).toEqual({ failure: expect.stringContaining("is not called") });
  });

  test("a name that says something else a moment later leads nowhere: asked once, connected to what was judged", async () => {
    let asked = 0;
    const lookup = async () => {
      asked += 1;
      return asked === 1 ? ["127.0.0.1"] : ["169.254.169.254"];
    };
    const to = post(`http://rebinding.example.com:${receiver.port}/`, { lookup });
    expect(await send(to)).toMatchObject({ status: 204 });
    expect(asked).toBe(1);
    expect(receiver.heard.at(-1)?.headers.host).toBe(`rebinding.example.com:${receiver.port}`);
    // The next connection is judged anew.
    receiver.cut();
    expect(await send(to)).toEqual({ failure: expect.stringContaining("is not called: 169.254.169.254") });
  });

  test("no redirect is followed", async () => {
    const trap = await Receiver.open();
    for (const status of [301, 302, 303, 307, 308]) {
      receiver.reply = () => ({ status, headers: { Location: `http://127.0.0.1:${trap.port}/` } });
      expect(await send(post(`http://127.0.0.1:${receiver.port}/`))).toMatchObject({ status });
    }
    receiver.reply = () => ({ status: 204 });
    expect(trap.connections).toBe(0);
    await trap.close();
  });
});

describe("with TLS", () => {
  const authority = makeAuthority(new Date());
  const { certificate: cert, key } = authority.issue({ names: ["crm.example.com"] });
  const lookup = async () => ["127.0.0.1"];

  test("by the name that the certificate carries, under its authority", async () => {
    const secure = await Receiver.open(undefined, { tls: { cert, key } });
    const url = `https://crm.example.com:${secure.port}/`;
    expect(await send(post(url, { lookup, ca: [authority.ca] }))).toMatchObject({ status: 204 });
    const strange = await send(post(url, { lookup }));
    expect(strange).toEqual({ failure: expect.stringContaining("certificate that is not trusted") });
    const other = post(`https://other.example.com:${secure.port}/`, { lookup, ca: [authority.ca] });
    expect(await send(other)).toEqual({
      failure: expect.stringContaining("certificate that is not trusted"),
    });
    expect(secure.heard).toHaveLength(1);
    await secure.close();
  });
});

describe("a receiver that is not well", () => {
  /** A server of bytes; `act` gets each connection. */
  async function bytes(
    act: (socket: Socket) => void,
  ): Promise<{ url: string; count: () => number; close: () => void }> {
    let count = 0;
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      count += 1;
      sockets.add(socket);
      socket.on("error", () => {});
      act(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      count: () => count,
      close: () => {
        server.close();
        for (const socket of sockets) socket.destroy();
      },
    };
  }

  test("that does not answer is not waited for", async () => {
    const clock = new ManualClock();
    const silent = await Receiver.open(() => undefined);
    const sent = send(post(`http://127.0.0.1:${silent.port}/`, { clock }));
    await silent.until(() => silent.heard.length === 1);
    clock.advance(10_000);
    expect(await sent).toEqual({ failure: "did not answer within 10 s" });
    await silent.close();
  });

  test("that is not waited for because the try was ended", async () => {
    const silent = await Receiver.open(() => undefined);
    const end = new AbortController();
    const sent = send(post(`http://127.0.0.1:${silent.port}/`), end.signal);
    await silent.until(() => silent.heard.length === 1);
    end.abort();
    expect(await sent).toEqual({ failure: "was not waited for any longer" });
    await silent.close();
  });

  test("an address that swallows packets does not keep the next one from its turn", async () => {
    // 192.0.2.1 leads nowhere; the site allows it here.
    const allowed = new AllowedNetworks(["127.0.0.1", "192.0.2.1"]);
    const to = post(`http://two.example.com:${receiver.port}/`, {
      allowed,
      lookup: async () => ["192.0.2.1", "127.0.0.1"],
      times: { connect: 400, total: 5000 },
    });
    expect(await send(to)).toMatchObject({ status: 204 });
  });

  test("a name that is not answered for ends as late", async () => {
    const clock = new ManualClock();
    const to = post("https://slow.example.com/", { clock, lookup: () => new Promise(() => {}) });
    const sent = send(to);
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(2000);
    expect(await sent).toEqual({ failure: "cannot be reached: no connection in time" });
  });

  test("that talks no HTTP, floods headers, or hangs up", async () => {
    for (const answer of [
      "hello\r\n\r\n",
      `HTTP/1.1 200 OK\r\n${"X-A: b\r\n".repeat(20_000)}`,
      "HTTP/1.1 200 OK\r\nContent-Le",
      "",
    ]) {
      const server = await bytes((socket) => void socket.once("data", () => socket.end(answer)));
      expect(await send(post(server.url))).toEqual({ failure: expect.stringContaining("cannot be reached") });
      server.close();
    }
  });

  test("a long answer is not read to its end, and what it says is in no word of ours", async () => {
    const closed = Promise.withResolvers<void>();
    const server = await bytes((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 500 hunter2\r\nTransfer-Encoding: chunked\r\n\r\n");
        const more = (): void => {
          if (!socket.destroyed) socket.write(`2000\r\n${"x".repeat(0x2000)}\r\n`, () => setImmediate(more));
        };
        more();
      });
      socket.on("close", () => closed.resolve());
    });
    const heard = await send(post(server.url));
    expect(heard).toEqual({ status: 500, retryAfter: undefined });
    await closed.promise;
    server.close();
  });

  test("a kept connection that was closed meanwhile is made anew at once", async () => {
    const to = post(`http://127.0.0.1:${receiver.port}/`);
    expect(await send(to)).toMatchObject({ status: 204 });
    receiver.cut();
    expect(await send(to)).toMatchObject({ status: 204 });
  });

  test("one connection serves many posts", async () => {
    const own = await Receiver.open();
    const to = post(`http://127.0.0.1:${own.port}/`);
    for (let count = 0; count < 5; count++) await send(to);
    expect(own.connections).toBe(1);
    await own.close();
  });

  test("what it says when it cannot be reached has nothing of the address but the host", async () => {
    const heard = await send(post("http://127.0.0.1:1/very/secret?token=hunter2"));
    expect(heard).toEqual({ failure: "cannot be reached: nobody listens there (ECONNREFUSED)" });
    expect(post("https://crm.example.com:444/very/secret").host).toBe("crm.example.com:444");
  });
});
