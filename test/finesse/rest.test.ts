import { afterEach, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import type { FinesseNode, FinesseRest } from "../../src/finesse/contract.ts";
import { mayBeDone } from "../../src/finesse/may-be-done.ts";
import { createRest } from "../../src/finesse/rest.ts";
import { Agent } from "../../src/platform/undici.ts";
import { CtiError } from "../../src/model/errors.ts";
import type { WireRecord } from "../../src/model/wire.ts";
import { ManualClock, systemClock } from "../../src/platform/clock.ts";
import { Secret } from "../../src/platform/secret.ts";
import { type TestCertificate, testCertificate } from "./certificates.ts";
import { type Reply, RestStub, type Seen } from "./rest-stub.ts";
import { dialogXml, systemInfoXml, userXml } from "./samples.ts";

const tls = testCertificate();
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Setup {
  tls?: TestCertificate;
  host?: string;
  node?: Partial<FinesseNode>;
  clock?: ManualClock;
  password?: string;
}

function setUp(reply: (request: Seen) => Reply | Promise<Reply>, setup: Setup = {}) {
  const stub = new RestStub(reply, setup.tls ?? tls);
  const trace: WireRecord[] = [];
  const rest = client(`https://${setup.host ?? "localhost"}:${stub.port}`, setup, trace);
  cleanups.push(() => stub.stop());
  return { stub, rest, trace };
}

function client(origin: string, setup: Setup = {}, trace: WireRecord[] = []): FinesseRest {
  const rest = createRest({
    node: {
      origin,
      trust: { ca: [(setup.tls ?? tls).ca], pin: undefined, insecure: false },
      resolve: new Map(),
      ...setup.node,
    },
    credentials: { username: "1001", password: new Secret(setup.password ?? "sécret:€") },
    clock: setup.clock ?? systemClock,
    trace: (record) => void trace.push(record),
  });
  cleanups.push(() => rest.close());
  return rest;
}

async function failure(promise: Promise<unknown>): Promise<CtiError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof CtiError)) throw new Error(`no CtiError: ${String(thrown)}`);
  return thrown;
}

const apiError = (type: string, message: string, data = "") =>
  `<ApiErrors><ApiError><ErrorType>${type}</ErrorType><ErrorData>${data}</ErrorData><ErrorMessage>${message}</ErrorMessage></ApiError></ApiErrors>`;

test("the real undici is loaded, not the stub that Bun has under its name", () => {
  expect(typeof new Agent().compose).toBe("function");
});

describe("reading", () => {
  test("SystemInfo needs no credentials", async () => {
    const { stub, rest } = setUp(() => ({ body: systemInfoXml }));
    expect(await rest.systemInfo()).toMatchObject({
      status: "IN_SERVICE",
      xmppDomain: "fina.example.com",
      primaryNode: { host: "fina.example.com", httpsPort: 8445, xmppPort: undefined, xmppSecurePort: 5223 },
      secondaryNode: undefined,
      unknown: { timezoneOffset: "330" },
    });
    expect(stub.seen[0]).toMatchObject({ method: "GET", path: "/finesse/api/SystemInfo" });
    expect(stub.seen[0]?.headers.authorization).toBeUndefined();
  });

  test("a user, with credentials in UTF-8, requestId and the types Finesse wants", async () => {
    const { stub, rest } = setUp(() => ({ body: userXml }));
    const user = await rest.user("10/01", { requestId: "r-7" });
    expect(user).toMatchObject({
      id: "1001001",
      extension: "0012",
      state: "NOT_READY",
      pendingState: undefined,
      roles: ["Agent", "Supervisor"],
      reason: { id: "16", code: "10", label: "Team Meeting", forAll: true, systemCode: false },
      team: { id: "500", name: "Sales" },
      teams: [{ id: "2001", name: "First Line" }],
      wrapUpOnIncoming: "OPTIONAL",
      wrapUpTimer: 7200,
      mobileAgent: { mode: "CALL_BY_CALL", dialNumber: "4085551234" },
      activeDeviceId: "CSFJP5550016",
      unknown: { mediaType: "1", settings: { deviceSelection: "enabled" } },
    });
    expect(stub.seen[0]?.path).toBe("/finesse/api/User/10%2F01");
    expect(stub.seen[0]?.headers).toMatchObject({
      accept: "application/xml",
      requestid: "r-7",
      authorization: `Basic ${Buffer.from("1001:sécret:€").toString("base64")}`,
    });
  });

  test("dialogs: none, one, and a single one by id", async () => {
    let body = "<Dialogs/>";
    const { stub, rest } = setUp(() => ({ body }));
    expect(await rest.dialogs("1001")).toEqual([]);
    body = `<Dialogs>${dialogXml()}</Dialogs>`;
    expect(await rest.dialogs("1001")).toHaveLength(1);
    body = dialogXml();
    expect(await rest.dialog("147370467")).toMatchObject({ id: "147370467" });
    expect(stub.seen.at(-1)?.path).toBe("/finesse/api/Dialog/147370467");
  });

  test("layouts of calls: all, the only one of an older release, none of a still older one", async () => {
    const layout = (name: string) =>
      `<MediaPropertiesLayout><name>${name}</name><column/></MediaPropertiesLayout>`;
    const bodies = new Map([
      [
        "/finesse/api/User/10%2F01/MediaPropertiesLayouts",
        `<MediaPropertiesLayouts>${layout("a")}${layout("b")}</MediaPropertiesLayouts>`,
      ],
      ["/finesse/api/User/10%2F01/MediaPropertiesLayout", layout("only")],
    ]);
    const { stub, rest } = setUp(({ path }) =>
      bodies.has(path)
        ? { body: bodies.get(path) ?? "" }
        : path.endsWith("s")
          ? { status: 404, body: apiError("Not Found", "NOT_FOUND") }
          : {
              status: 404,
              body: "<html><title>404</title></html>",
              headers: { "content-type": "text/html" },
            },
    );
    const names = async () => (await rest.callLayouts("10/01")).map(({ name }) => name);
    expect(await names()).toEqual(["a", "b"]);
    const [list, single] = [...bodies.keys()];
    bodies.delete(list ?? "");
    expect(await names()).toEqual(["only"]);
    bodies.delete(single ?? "");
    expect(await names()).toEqual([]);
    expect(stub.seen).toHaveLength(5);
  });

  test("a layout that is refused for another reason is no older release", async () => {
    const { stub, rest } = setUp(() => ({ status: 400, body: apiError("Bad Request", "BAD") }));
    expect(await failure(rest.callLayouts("1001"))).toMatchObject({ code: "refused" });
    expect(stub.seen).toHaveLength(1);
  });

  test("reason codes and wrap-up reasons, with ids from their uris", async () => {
    const bodies: Record<string, string> = {
      "/finesse/api/User/1001/ReasonCodes?category=LOGOUT":
        '<ReasonCodes category="LOGOUT"><ReasonCode><uri>/finesse/api/User/1001/ReasonCode/5</uri><code>2</code><label>Gone home</label><forAll>true</forAll></ReasonCode></ReasonCodes>',
      "/finesse/api/User/1001/WrapUpReasons":
        "<WrapUpReasons><WrapUpReason><uri>/finesse/api/User/1001/WrapUpReason/9</uri><label>Sales &amp; more</label><forAll>false</forAll></WrapUpReason></WrapUpReasons>",
    };
    const { rest } = setUp(({ path }) => ({ body: bodies[path] ?? "" }));
    expect(await rest.reasonCodes("1001", "LOGOUT")).toEqual([
      { id: "5", category: "LOGOUT", code: "2", label: "Gone home", forAll: true, systemCode: false },
    ]);
    expect(await rest.wrapUpReasons("1001")).toEqual([{ id: "9", label: "Sales & more", forAll: false }]);
  });
});

describe("writing", () => {
  test.each([
    [
      "a sign-in",
      (rest: FinesseRest) => rest.putUser("1001", { state: "LOGIN", extension: "2001" }),
      "PUT /finesse/api/User/1001 <User><state>LOGIN</state><extension>2001</extension></User>",
    ],
    [
      "a mobile agent's sign-in",
      (rest: FinesseRest) =>
        rest.putUser("1001", {
          state: "LOGIN",
          extension: "2001",
          mobileAgent: { mode: "NAILED_CONNECTION", dialNumber: "4085551234" },
        }),
      "PUT /finesse/api/User/1001 <User><state>LOGIN</state><extension>2001</extension><mobileAgent><mode>NAILED_CONNECTION</mode><dialNumber>4085551234</dialNumber></mobileAgent></User>",
    ],
    [
      "a state with a reason",
      (rest: FinesseRest) => rest.putUser("1001", { state: "NOT_READY", reasonCodeId: "16" }),
      "PUT /finesse/api/User/1001 <User><state>NOT_READY</state><reasonCodeId>16</reasonCodeId></User>",
    ],
    [
      "a dialled call",
      (rest: FinesseRest) => rest.makeCall("1001", "2001", "<9>&"),
      "POST /finesse/api/User/1001/Dialogs <Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>2001</fromAddress><toAddress>&lt;9&gt;&amp;</toAddress></Dialog>",
    ],
    [
      "tones",
      (rest: FinesseRest) =>
        rest.putDialog("7", { requestedAction: "SEND_DTMF", targetMediaAddress: "2001", dtmfString: "12#" }),
      "PUT /finesse/api/Dialog/7 <Dialog><targetMediaAddress>2001</targetMediaAddress><requestedAction>SEND_DTMF</requestedAction><actionParams><ActionParam><name>dtmfString</name><value>12#</value></ActionParam></actionParams></Dialog>",
    ],
    [
      "a consult call",
      (rest: FinesseRest) =>
        rest.putDialog("7", {
          requestedAction: "CONSULT_CALL",
          targetMediaAddress: "2001",
          toAddress: "2002",
        }),
      "PUT /finesse/api/Dialog/7 <Dialog><targetMediaAddress>2001</targetMediaAddress><requestedAction>CONSULT_CALL</requestedAction><toAddress>2002</toAddress></Dialog>",
    ],
    [
      "call data",
      (rest: FinesseRest) =>
        rest.putDialog("7", {
          requestedAction: "UPDATE_CALL_DATA",
          targetMediaAddress: "2001",
          wrapUpItems: ["A", "B"],
          variables: { callVariable1: "x\u0001y" },
        }),
      "PUT /finesse/api/Dialog/7 <Dialog><targetMediaAddress>2001</targetMediaAddress><requestedAction>UPDATE_CALL_DATA</requestedAction><mediaProperties><wrapUpItems><wrapUpItem>A</wrapUpItem><wrapUpItem>B</wrapUpItem></wrapUpItems><callvariables><CallVariable><name>callVariable1</name><value>xy</value></CallVariable></callvariables></mediaProperties></Dialog>",
    ],
  ])("%s", async (_, act, expected) => {
    const { stub, rest } = setUp(() => ({ status: 202 }));
    await act(rest);
    const [seen] = stub.seen;
    expect(`${seen?.method} ${seen?.path} ${seen?.body}`).toBe(expected);
    expect(seen?.headers["content-type"]).toBe("application/xml");
  });
});

describe("a refusal", () => {
  const refuse = (status: number, body: string, headers?: Record<string, string>) => {
    const { rest, stub } = setUp(() => ({ status, body, ...(headers !== undefined && { headers }) }));
    return failure(rest.putUser("1001", { state: "READY" })).then((error) => ({ error, stub }));
  };

  test("has Finesse's type, code and words and our hint", async () => {
    const { error } = await refuse(
      400,
      apiError("Parameter Missing", "ReasonCode Parameter missing", "reasonCodeId"),
    );
    expect(error).toMatchObject({
      code: "refused",
      why: "Parameter Missing reasonCodeId: ReasonCode Parameter missing",
      hint: "Finesse demands a reason here: cti reasons lists them",
      details: { status: 400, refusal: { type: "Parameter Missing", code: "reasonCodeId", late: false } },
    });
  });

  test.each([
    ["Authorization Failure", "UNAUTHORIZED", "credentials-refused"],
    ["Authorization Failure", "User is locked out", "locked-out"],
    ["Invalid Authorization User Specified", "The user specified does not match", "refused"],
    ["Invalid Supervisor", "not yours", "refused"],
    ["Invalid State", "held", "refused"],
  ])("with 401 %s (%s) is %s, and nothing is tried again", async (type, message, code) => {
    const { error, stub } = await refuse(401, apiError(type, message, "1001"));
    expect(error.code).toBe(code as CtiError["code"]);
    expect(stub.seen).toHaveLength(1);
  });

  test("with 401 for a call that is another's by now says nothing of the password", async () => {
    const { rest } = setUp(() => ({
      status: 401,
      body: apiError("Authorization Failure", "UNAUTHORIZED", "1001"),
    }));
    const asked = rest.putDialog("7", { requestedAction: "HOLD", targetMediaAddress: "2001" });
    expect((await failure(asked)).code).toBe("refused");
  });

  test.each([502, 504])("with %i leaves open whether it was done, with 503 does not", async (status) => {
    expect(mayBeDone((await refuse(status, "<html></html>")).error)).toBe(true);
    expect(mayBeDone((await refuse(503, "<html></html>")).error)).toBe(false);
  });

  test("with a bare 401 page is a wrong password", async () => {
    const { error } = await refuse(401, "<html><body>HTTP Status 401</body></html>", {
      "content-type": "text/html",
    });
    expect(error.code).toBe("credentials-refused");
    expect(error.hint).toContain("tries once only");
  });

  test("with 503 is Finesse out of service", async () => {
    const { error } = await refuse(503, apiError("Service Unavailable", "SERVER_OUT_OF_SERVICE"));
    expect(error).toMatchObject({
      code: "finesse-out-of-service",
      why: "Service Unavailable: SERVER_OUT_OF_SERVICE",
    });
  });

  test("with 502 from the server before it, its application is down", async () => {
    const { error } = await refuse(502, "<html><title>502 Bad Gateway</title></html>", {
      "content-type": "text/html",
    });
    expect(error).toMatchObject({ code: "finesse-out-of-service", exitCode: 5 });
    expect(error.why).toContain("HTTP 502");
  });

  test("with 404 and a web page is not Finesse", async () => {
    const { error } = await refuse(404, "<!DOCTYPE html><html><title>nginx</title></html>", {
      "content-type": "text/html",
    });
    expect(error).toMatchObject({ code: "finesse-protocol" });
    expect(error.why).toContain("“nginx”");
  });

  test("with a redirect goes nowhere by itself", async () => {
    const { error, stub } = await refuse(302, "", { location: "https://elsewhere.example.com/login" });
    expect(error).toMatchObject({
      code: "finesse-protocol",
      details: { location: "https://elsewhere.example.com/login" },
    });
    expect(error.hint).toContain("https://elsewhere.example.com");
    expect(stub.seen).toHaveLength(1);
  });

  test("never names the password", async () => {
    const { rest, trace } = setUp(
      () => ({ status: 401, body: apiError("Authorization Failure", "UNAUTHORIZED", "1001") }),
      { password: "unheard-of" },
    );
    const error = await failure(rest.user("1001"));
    expect(JSON.stringify([error, trace])).not.toContain("unheard-of");
    expect(JSON.stringify(trace)).not.toContain(Buffer.from("1001:unheard-of").toString("base64"));
  });
});

describe("an answer that is not Finesse's", () => {
  test.each([
    ["a sign-in page with 200", { body: "<html><title>Guest Wi-Fi</title></html>" }, "Guest Wi-Fi"],
    ["nothing with 200", { body: "" }, "it is empty"],
    ["broken XML", { body: "<User><state>" }, "never closed"],
    ["another object", { body: "<Dialog/>" }, "<Dialog>"],
    ["JSON", { body: '{"state":"READY"}' }, "no XML element"],
  ])("%s is finesse-protocol", async (_, reply, words) => {
    const { rest } = setUp(() => reply);
    const error = await failure(rest.user("1001"));
    expect(error.code).toBe("finesse-protocol");
    expect(`${error.message} ${error.why}`).toContain(words);
  });
});

describe("a server that cannot be reached", () => {
  test("because it does not exist", async () => {
    const error = await failure(client("https://nowhere.invalid:8445").user("1001"));
    expect(error).toMatchObject({ code: "host-not-found", message: "cannot find host nowhere.invalid" });
    expect(error.hint).toContain("--resolve nowhere.invalid:ADDRESS");
  });

  test("because nothing listens", async () => {
    const { stub } = setUp(() => ({}));
    const { port } = stub;
    await stub.stop();
    const error = await failure(client(`https://localhost:${port}`).user("1001"));
    expect(error).toMatchObject({ code: "finesse-unreachable", details: { systemCode: "ECONNREFUSED" } });
  });

  test("because it speaks no TLS", async () => {
    const stub = new RestStub(() => ({}));
    cleanups.push(() => stub.stop());
    const error = await failure(client(`https://localhost:${stub.port}`).user("1001"));
    expect(error).toMatchObject({
      code: "finesse-unreachable",
      message: `localhost:${stub.port} does not speak TLS`,
    });
  });

  test("because it hangs up", async () => {
    const server: Server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => server.close());
    const { port } = server.address() as { port: number };
    expect((await failure(client(`https://127.0.0.1:${port}`).user("1001"))).code).toBe(
      "finesse-unreachable",
    );
  });

  test("because it never answers: timeout, and not known whether it took effect", async () => {
    const clock = new ManualClock();
    const arrived = Promise.withResolvers<void>();
    const { rest } = setUp(
      () => {
        arrived.resolve();
        return new Promise<Reply>(() => {});
      },
      { clock },
    );
    const outcome = failure(rest.putUser("1001", { state: "READY" }));
    await arrived.promise;
    clock.advance(10_000);
    const error = await outcome;
    expect(error.code).toBe("timeout");
    expect(error.hint).toContain("not known");
    expect(clock.pending).toBe(0);
  });

  test("because the caller gave up", async () => {
    const controller = new AbortController();
    const { rest } = setUp(() => {
      controller.abort();
      return new Promise<Reply>(() => {});
    });
    expect((await failure(rest.user("1001", { signal: controller.signal }))).code).toBe("interrupted");
  });
});

describe("certificates", () => {
  const reply = () => ({ body: systemInfoXml });

  test("of an unknown authority: untrusted, with issuer and fingerprint for a pin", async () => {
    const { rest } = setUp(reply, { node: { trust: { ca: [], pin: undefined, insecure: false } } });
    const error = await failure(rest.systemInfo());
    expect(error).toMatchObject({
      code: "certificate-untrusted",
      details: { certificate: { fingerprint: tls.fingerprint, names: ["localhost", "fina.example.com"] } },
    });
    expect(error.hint).toContain("--ca FILE");
    expect(error.hint).toContain(`--pin ${tls.fingerprint}`);
  });

  test("for other names: says which", async () => {
    const other = testCertificate({ names: ["finb.example.com"] });
    const { rest } = setUp(reply, { tls: other });
    expect(await failure(rest.systemInfo())).toMatchObject({
      code: "certificate-name",
      why: "it is for finb.example.com",
    });
  });

  test("asked by address: says the name to use, with --resolve", async () => {
    const other = testCertificate({ names: ["fina.example.com"] });
    const { rest } = setUp(reply, { tls: other, host: "127.0.0.1" });
    const error = await failure(rest.systemInfo());
    expect(error.code).toBe("certificate-name");
    expect(error.hint).toContain("--resolve fina.example.com:127.0.0.1");
  });

  test("that are over: expired, and since when", async () => {
    const { rest } = setUp(reply, { tls: testCertificate({ expired: true }) });
    const error = await failure(rest.systemInfo());
    expect(error.code).toBe("certificate-expired");
    expect(error.why).toMatch(/until \d{4}-\d\d-\d\d/);
  });

  test("that are pinned need no authority, a good name or a date", async () => {
    const expired = testCertificate({ names: ["other.example.com"], expired: true });
    const trust = { ca: [], pin: expired.fingerprint, insecure: false };
    const { rest } = setUp(reply, { tls: expired, node: { trust } });
    expect(await rest.systemInfo()).toMatchObject({ status: "IN_SERVICE" });
  });

  test("other than the pinned one are refused before anything is sent", async () => {
    const trust = { ca: [tls.ca], pin: "ab".repeat(32), insecure: false };
    const { rest, stub } = setUp(reply, { node: { trust } });
    const error = await failure(rest.user("1001"));
    expect(error.code).toBe("certificate-untrusted");
    expect(error.why).toContain(tls.fingerprint);
    expect(stub.seen).toEqual([]);
  });

  test("do not matter when insecure", async () => {
    const { rest } = setUp(reply, { node: { trust: { ca: [], pin: undefined, insecure: true } } });
    expect(await rest.systemInfo()).toMatchObject({ status: "IN_SERVICE" });
  });

  test("are checked for the name, though --resolve goes to an address", async () => {
    const resolve = new Map([["fina.example.com", "127.0.0.1"]]);
    const { rest, stub } = setUp(reply, { host: "fina.example.com", node: { resolve } });
    await rest.systemInfo();
    expect(stub.seen[0]?.headers.host).toBe(`fina.example.com:${stub.port}`);
    const wrong = setUp(reply, {
      host: "finz.example.com",
      node: { resolve: new Map([[`finz.example.com`, "127.0.0.1"]]) },
    });
    expect((await failure(wrong.rest.systemInfo())).code).toBe("certificate-name");
  });
});

test("every request and answer is traced with cause and requestId", async () => {
  const { rest, trace, stub } = setUp(() => ({ status: 202 }));
  await rest.putUser("1001", { state: "READY" }, { requestId: "r-1", cause: "c-1" });
  expect(trace).toEqual([
    {
      channel: "rest",
      direction: "out",
      peer: `localhost:${stub.port}`,
      agent: "1001",
      cause: "c-1",
      requestId: "r-1",
      summary: "PUT /finesse/api/User/1001",
      text: "<User><state>READY</state></User>",
    },
    expect.objectContaining({ direction: "in", summary: "PUT /finesse/api/User/1001 → 202", text: "" }),
  ]);
});
