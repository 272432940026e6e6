import { afterAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { makeAuthority } from "../../../../src/simulator/server/certificates.ts";
import { CtiError } from "../../../../src/model/errors.ts";
import { ask, type Door, type DoorOptions, headersFor, openDoor } from "./inbound-stage.ts";

const doors: Door[] = [];
const open = (options: DoorOptions = {}): Door => {
  const door = openDoor(options);
  doors.push(door);
  return door;
};
afterAll(() => Promise.all(doors.map((door) => door.stop())));

const dial = { agent: "1001", do: "dial", number: "5551234" };
const door = open({ hosts: ["cti.example.com"] });

/** All that comes back for these bytes until the other end closes, or an answer is whole. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const done = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.on("data", (data) => {
      text += data.toString("latin1");
      if (/\r\n\r\n(?:\{.*\})?$/s.test(text) && !/Connection: close/i.test(text)) done();
    });
    socket.on("error", () => {});
    socket.on("close", done);
  });
}

const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);

/** A signed command as bytes, with other headers. */
function signed(more: Record<string, string | undefined> = {}, line = "POST /v1/commands HTTP/1.1"): string {
  const body = JSON.stringify(dial);
  const headers = {
    host: "localhost:8113",
    "content-length": String(body.length),
    ...headersFor(body),
    ...more,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return `${[line, ...lines, "", ""].join("\r\n")}${body}`;
}

describe("the names it is called by (design §6)", () => {
  test.each([
    "localhost",
    "localhost:8113",
    "127.0.0.1",
    "[::1]:8113",
    "[0:0:0:0:0:0:0:1]",
    "CTI.example.com:443",
  ])("%s", async (host) => {
    expect(statusOf(await exchange(door.port, signed({ host })))).toBe(200);
  });

  test.each([
    "evil.example.com",
    "127.0.0.1.evil.example.com",
    "localhost.evil.example.com",
    "evil.example.com:8113",
    "127.0.0.2",
    "[::2]",
    "localhost, evil.example.com",
    "cti.example.com.evil.example",
    "user@localhost",
  ])("not %s, whatever it knows", async (host) => {
    const before = door.asked.length;
    expect(statusOf(await exchange(door.port, signed({ host })))).toBeOneOf([400, 403]);
    expect(door.asked).toHaveLength(before);
  });

  test("not without a name, and not with two", async () => {
    const before = door.asked.length;
    expect(statusOf(await exchange(door.port, signed({ host: undefined })))).toBeOneOf([400, 403]);
    const two = signed().replace("host: ", "host: evil.example.com\r\nhost: ");
    expect(statusOf(await exchange(door.port, two))).toBeOneOf([400, 403]);
    expect(door.asked).toHaveLength(before);
  });
});

describe("what a browser sends for a page", () => {
  test.each([
    { origin: "https://evil.example.com" },
    { origin: "null" },
    { origin: "http://localhost:8113" },
    { referer: "https://evil.example.com/" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-origin" },
  ])("%j is refused, whatever it knows", async (headers) => {
    const before = door.asked.length;
    expect(statusOf(await exchange(door.port, signed(headers)))).toBe(403);
    expect(door.asked).toHaveLength(before);
  });

  test("no preflight is answered with leave", async () => {
    const response = await fetch(door.url, {
      method: "OPTIONS",
      headers: { "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization" },
    });
    expect(response.status).toBe(405);
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("what is no command", () => {
  test.each(["GET", "PUT", "DELETE", "HEAD", "PATCH"])("%s is answered 405 and Allow", async (method) => {
    const answer = await ask(door, dial, { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test.each([
    "/",
    "/v1",
    "/v1/commands/",
    "/v1/commands?x=1",
    "/v1/command%73",
    "//v1/commands",
    "/V1/commands",
  ])("%s is not the place", async (path) => {
    expect(statusOf(await exchange(door.port, signed({}, `POST ${path} HTTP/1.1`)))).toBeOneOf([404, 400]);
  });

  test.each([
    undefined,
    "",
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "text/plain; application/json",
  ])("Content-Type %j is refused", async (type) => {
    expect(statusOf(await exchange(door.port, signed({ "content-type": type })))).toBe(415);
  });

  test.each(["application/json", "Application/JSON; charset=utf-8", "application/json ;charset=UTF-8"])(
    "Content-Type %j is right",
    async (type) => {
      expect(statusOf(await exchange(door.port, signed({ "content-type": type })))).toBe(200);
    },
  );

  test("too long: by its word, by its chunks, and just not", async () => {
    const note = (length: number) => {
      const body = { agent: "1001", do: "note", interaction: "I-1", text: "" };
      return { ...body, text: "x".repeat(length - JSON.stringify(body).length) };
    };
    const long = await ask(door, note(65_537));
    expect([long.status, long.json]).toEqual([
      413,
      { error: { code: "usage", message: expect.any(String) } },
    ]);
    // As long as may be; the text alone is too long then.
    expect((await ask(door, note(65_536))).status).toBe(400);
    const chunk = `8000\r\n${"x".repeat(0x8000)}\r\n`;
    const head =
      signed({ "content-length": undefined, "transfer-encoding": "chunked" }).split("\r\n\r\n")[0] ?? "";
    expect(statusOf(await exchange(door.port, `${head}\r\n\r\n${chunk.repeat(3)}`))).toBe(413);
    expect(statusOf(await exchange(door.port, `${signed({ "content-length": "999999999" })}`))).toBe(413);
  });

  test("a request that could be read as two is none", async () => {
    const before = door.asked.length;
    const smuggled = signed({ "transfer-encoding": "chunked" });
    expect(statusOf(await exchange(door.port, smuggled))).toBe(400);
    expect(door.asked).toHaveLength(before);
  });

  test("a body that never ends is not waited for", async () => {
    const own = open({ limits: { bodyTime: 60 } });
    const slow = signed({ "content-length": "1000" });
    expect(statusOf(await exchange(own.port, slow))).toBe(408);
  });

  test("a body that breaks off does nothing", async () => {
    const own = open();
    await new Promise<void>((resolve) => {
      const socket = connect(own.port, "127.0.0.1", () => socket.end(signed({ "content-length": "1000" })));
      socket.on("data", () => {});
      socket.on("error", () => {});
      socket.on("close", () => resolve());
    });
    expect(own.asked).toEqual([]);
    expect((await ask(own, dial)).status).toBe(200);
  });

  test("more than it can do at once is told to come again, and can", async () => {
    const own = open({ limits: { atOnce: 2 } });
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    own.work = async (agent, command) => {
      if (own.asked.length === 2) begun.resolve();
      await gate.promise;
      return { verb: command.verb, outcome: "confirmed", agent, cause: "c", message: "", elapsed: 0 };
    };
    const two = [ask(own, dial), ask(own, dial)];
    await begun.promise;
    const third = await ask(own, dial);
    expect([third.status, third.headers.get("retry-after")]).toEqual([503, "1"]);
    gate.resolve();
    expect((await Promise.all(two)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await ask(own, dial)).status).toBe(200);
  });
});

describe("the port", () => {
  test("can be taken once, must be of this computer, needs a certificate that is one", () => {
    const pem = (what: string) => `-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`;
    const wrong: [DoorOptions, string][] = [
      [{ port: door.port }, "taken by another program"],
      [{ host: "192.0.2.1" }, "no address of this computer"],
      [{ tls: { cert: pem("CERTIFICATE"), key: pem("PRIVATE KEY") } }, '"cert" and "key" cannot be used'],
    ];
    for (const [options, words] of wrong) {
      let error: unknown;
      try {
        openDoor(options);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(CtiError);
      expect(error).toMatchObject({ code: "config-invalid", message: expect.stringContaining(words) });
    }
  });

  test("with TLS", async () => {
    const authority = makeAuthority(new Date());
    const { certificate: cert, key } = authority.issue({ names: ["localhost"] });
    const secure = open({ tls: { cert, key } });
    const body = JSON.stringify(dial);
    const response = await fetch(secure.url.replace("127.0.0.1", "localhost"), {
      method: "POST",
      headers: headersFor(body),
      body,
      tls: { ca: authority.ca },
    });
    expect(response.status).toBe(200);
  });

  test("lets what is being done have its answer when it stops, and takes no more", async () => {
    const own = openDoor();
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    own.work = async (agent, command) => {
      begun.resolve();
      await gate.promise;
      return { verb: command.verb, outcome: "confirmed", agent, cause: "c", message: "", elapsed: 0 };
    };
    const asked = ask(own, dial);
    await begun.promise;
    const stopped = own.stop();
    gate.resolve();
    expect((await asked).status).toBe(200);
    await stopped;
    expect(await ask(own, dial).catch(() => "refused")).toBe("refused");
  });
});
