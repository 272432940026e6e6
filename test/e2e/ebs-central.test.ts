import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { makeCertificate } from "../../src/simulator/server/certificates.ts";
import { Serving } from "./serving.ts";
import { Stage } from "./stage.ts";

/** An address of this machine that is none of its loopback ones: to the adapter a call from it is a call from elsewhere. */
const elsewhere = Object.values(networkInterfaces())
  .flatMap((addresses = []) => addresses)
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
const here = "127.0.0.1";
const name = "softphone.example.com";

interface Answered {
  status: number;
  body: string;
}

/** One `cti serve` for seats at several addresses, over HTTPS under the site's name. */
async function central(table: Record<string, unknown>) {
  const stage = await new Stage().open();
  const { ca, certificate, key } = makeCertificate({ names: [name], now: new Date() });
  const pem = (file: string, text: string) => {
    const path = join(stage.folder, file);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const authority = pem("site-ca.pem", ca);
  const serving = await new Serving(
    stage,
    "central",
    {
      listen: "0.0.0.0:0",
      cert: pem("site.pem", certificate),
      key: pem("site-key.pem", key),
      hosts: [name],
      ...table,
    },
    "ebs",
  ).start();
  const [adapter] = (await serving.until(({ adapters }) => adapters[0]?.state === "up")).adapters;
  const port = /https:\/\/[^ ,]*:(\d+)/.exec(adapter?.summary ?? "")?.[1] ?? "";
  return {
    stage,
    serving,
    port,
    /** A callout from one of this machine's addresses, to the adapter at that address, under `host`. */
    async ask(from: string, query: string, host = name): Promise<Answered> {
      const curl = Bun.spawn(
        [
          ...["curl", "-s", "--noproxy", "*", "--max-time", "10", "--interface", from, "--cacert", authority],
          // The certificate is checked for the name, whatever the Host header says.
          ...["--connect-to", `::${from}:${port}`, "-H", `Host: ${host}:${port}`, "-w", "\n%{http_code}"],
          `https://${name}:${port}/?${query}`,
        ],
        { stdout: "pipe", stderr: "inherit" },
      );
      const lines = (await new Response(curl.stdout).text()).split("\n");
      return { status: Number(lines.pop()), body: lines.join("\n") };
    },
    async [Symbol.asyncDispose]() {
      await serving.end();
      await stage.close();
    },
  };
}

/** A UWQ client's event listener at one of the addresses. */
class Ear {
  readonly heard: string[] = [];
  #changed = Promise.withResolvers<void>();
  readonly #server: Bun.Server<undefined>;

  constructor(readonly address: string) {
    this.#server = Bun.serve({
      hostname: address,
      port: 0,
      fetch: async (request) => {
        const body = await request.text();
        const event = /<event name="(\w+)"/.exec(body)?.[1] ?? "";
        const number = /occtANI" value="([^"]*)"/.exec(body)?.[1];
        this.heard.push(number === undefined ? event : `${event} ${number}`);
        this.#changed.resolve();
        this.#changed = Promise.withResolvers();
        return new Response();
      },
    });
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  async until(event: string): Promise<void> {
    while (!this.heard.includes(event)) await this.#changed.promise;
  }

  close(): void {
    void this.#server.stop(true);
  }
}

const ok = { status: 200, body: "<CCTSDK/>" };
const seat = (agent: string) => `telesetNumber=${Number(agent) + 1000}&agentID=${agent}`;
const register = (agent: string, { address, port }: Ear) =>
  `FunctionName=Register&${seat(agent)}&ipAddress=${address}&port=${port}`;

// All addresses of 127.0.0.0/8 are one machine: without another address there is nobody elsewhere.
describe.skipIf(elsewhere === undefined)("one connector for seats at several computers", () => {
  const there = elsewhere ?? "";
  let office: Awaited<ReturnType<typeof central>>;
  let first: Ear;
  let second: Ear;
  let login: (agent: string) => string;
  beforeAll(async () => {
    office = await central({ allow: [there] });
    first = new Ear(here);
    second = new Ear(there);
    login = (agent) => `FunctionName=Login&${seat(agent)}&agentPassword=${office.stage.password}`;
  });
  afterAll(async () => {
    first.close();
    second.close();
    await office[Symbol.asyncDispose]();
  });
  const calls = async (agent: string, number: string, ear: Ear) => {
    await office.serving.until(({ agents }) =>
      agents.some((each) => each.agent === agent && each.state.state === "READY"),
    );
    const { dialogId } = await office.stage.sim("call", { agent, from: number });
    await ear.until(`ScreenPop ${number}`);
    return { hangUp: () => office.stage.sim("hangup", { dialogId }) };
  };

  test("two agents, each from his own computer: each hears of his own calls", async () => {
    for (const [agent, ear] of [["1001", first] as const, ["1002", second] as const]) {
      expect(await office.ask(ear.address, register(agent, ear))).toEqual(ok);
      expect(await office.ask(ear.address, login(agent))).toEqual(ok);
      expect(await office.ask(ear.address, `FunctionName=Ready&${seat(agent)}`)).toEqual(ok);
    }
    const one = await calls("1001", "03001111111", first);
    const other = await calls("1002", "03002222222", second);
    expect(first.heard).toEqual(["ScreenPop 03001111111"]);
    expect(second.heard).toEqual(["ScreenPop 03002222222"]);
    const { adapters } = await office.serving.until(() => true);
    expect(adapters[0]?.clients).toEqual([
      expect.objectContaining({ name: here, agents: ["1001 on 2001"] }),
      expect.objectContaining({ name: there, agents: ["1002 on 2002"] }),
    ]);
    for (const each of [one, other]) await each.hangUp();
    await Promise.all([first.until("CallReleased"), second.until("CallReleased")]);
  });

  test.each(["Ready", "NotReady", "MakeCall", "Logout", "Unregister"])(
    "%s for an agent of another computer is refused",
    async (callout) => {
      const query = `FunctionName=${callout}&${seat("1001")}&dialString=5551234`;
      const { status, body } = await office.ask(there, query);
      expect(status).toBe(200);
      expect(body).toContain("agent 1001 is not logged in from this computer: log in at EBS first");
    },
  );

  test("a Register from another computer overhears nothing, and a wrong password does not move the agent", async () => {
    const thief = new Ear(there);
    await office.ask(there, register("1001", thief));
    expect(
      (await office.ask(there, `FunctionName=Login&${seat("1001")}&agentPassword=guess`)).body,
    ).toContain("LoginFailed");
    await office.ask(here, `FunctionName=Ready&${seat("1001")}`);
    await calls("1001", "03003333333", first);
    expect(thief.heard).toEqual([]);
    thief.close();
  });

  test("events go to the computer that registers and to nobody else's", async () => {
    const { body } = await office.ask(there, register("1003", first));
    expect(body).toMatch(/events may go to the address that registers .* not to 127\.0\.0\.1/);
  });

  test.each(["evil.example.com", "", there.replace(/\d+$/, "250")])(
    "under the name %p nobody is answered",
    async (host) => {
      const { status, body } = await office.ask(there, "FunctionName=CheckStatus", host);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(body).not.toContain("<CCTSDK/>");
    },
  );

  test("the agent moves to another computer with his password, and takes his calls along", async () => {
    const desk = new Ear(there);
    expect(await office.ask(there, register("1001", desk))).toEqual(ok);
    expect(await office.ask(there, login("1001"))).toEqual(ok);
    expect((await office.ask(here, `FunctionName=NotReady&${seat("1001")}`)).body).toContain(
      "log in at EBS first",
    );
    await office.stage.sim("hangup", {});
    await desk.until("CallReleased");
    desk.close();
  });
});

test.skipIf(elsewhere === undefined)(
  "a computer that is not in allow is refused, whatever it asks; this one is not",
  async () => {
    await using office = await central({ allow: ["203.0.113.0/24"] });
    const { status, body } = await office.ask(elsewhere ?? "", "FunctionName=CheckStatus");
    expect([status, body]).toEqual([403, expect.stringContaining("add it to &quot;allow&quot;")]);
    expect(await office.ask(here, "FunctionName=CheckStatus")).toEqual(ok);
  },
);
