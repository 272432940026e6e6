import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { makeCertificate } from "../../src/simulator/server/certificates.ts";
import { ctiPath, type Ran, Stage } from "./stage.ts";

let stage: Stage;
/** Everything that stands in for a server; ended with the tests. */
const servers: { stop: () => unknown }[] = [];
let mute: Server;
let mutePort: number;
let port: string;

beforeAll(async () => {
  stage = await new Stage().open();
  port = new URL(stage.env.CTI_FINESSE ?? "").port;
  // Takes connections and says nothing: a port in a black hole.
  mute = createServer(() => {});
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  const address = mute.address();
  mutePort = typeof address === "object" && address !== null ? address.port : 0;
});
afterAll(async () => {
  for (const server of servers) server.stop();
  mute.close();
  await stage.close();
});

/** What every failure has to be: its exit code, one sentence, a way out, nothing of our insides. */
function expectFailure(ran: Ran, code: number, ...parts: (string | RegExp)[]): void {
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code });
  expect(ran.err.startsWith("✗ ")).toBe(true);
  for (const part of parts) expect(ran.err).toMatch(part);
  expect(ran.err).not.toMatch(/\n\s+at |node:|bunfs|went wrong|\u001b/);
  expect(ran.err).not.toContain(stage.password);
}

/** A server on `localhost` with a certificate of its own; answers with what `answer` makes. */
function fakeFinesse(answer: () => Response, options: { expired?: boolean; names?: string[] } = {}): string {
  const { ca, certificate, key } = makeCertificate({
    names: options.names ?? ["localhost"],
    now: new Date(),
    expired: options.expired ?? false,
  });
  const server = Bun.serve({
    hostname: "localhost",
    port: 0,
    tls: { cert: certificate, key },
    fetch: answer,
  });
  servers.push(server);
  const file = join(stage.folder, `ca-${server.port}.pem`);
  writeFileSync(file, ca);
  return `--finesse https://localhost:${server.port} --ca ${file}`;
}

const page =
  (body: string, status = 200, type = "text/html") =>
  (): Response =>
    new Response(body, { status, headers: { "content-type": type } });

describe("signing in", () => {
  test.each<[string, () => string, number, (string | RegExp)[], Record<string, string | undefined>?]>([
    ["unknown agent", () => "-a 9999 -e 2001", 3, ["9999", "next: check id"]],
    [
      "refused port",
      () => "-a 1001 -e 2001 --finesse https://localhost:1",
      5,
      ["ECONNREFUSED", "host and port"],
    ],
    [
      "black hole",
      () => `-a 1001 -e 2001 --finesse https://localhost:${mutePort} --timeout 0.3`,
      5,
      ["0.3 s"],
    ],
    [
      "unknown host",
      () => "-a 1001 -e 2001 --finesse https://nosuch.invalid",
      5,
      ["nosuch.invalid", "--resolve"],
    ],
    ["no authority", () => "-a 1001 -e 2001", 5, ["not trusted", "--ca FILE"], { CTI_CA: undefined }],
    [
      "another authority",
      () => fakeFinesse(page("")).replace(/--ca .*/, `-a 1001 -e 2001 --ca ${stage.ca}`),
      5,
      ["not trusted", "--pin"],
    ],
    [
      "a name the certificate does not carry",
      () => `-a 1001 -e 2001 --finesse https://fina.example.com:${port} --resolve fina.example.com:127.0.0.1`,
      5,
      ["not for fina.example.com", "localhost"],
    ],
    [
      "an address instead of the name",
      () =>
        `-a 1001 -e 2001 ${fakeFinesse(page(""), { names: ["localhost"] }).replace("//localhost", "//127.0.0.1")}`,
      5,
      ["not for 127.0.0.1", "name in place of its address"],
    ],
    [
      "an expired certificate",
      () => `-a 1001 -e 2001 ${fakeFinesse(page(""), { expired: true })}`,
      5,
      ["expired", "clock"],
    ],
    [
      "a web page with terminal codes",
      () => `-a 1001 -e 2001 ${fakeFinesse(page("<html><title>\u001b[31mnginx</title>"))}`,
      5,
      ["does not answer as Finesse", "nginx"],
    ],
    [
      "broken XML",
      () => `-a 1001 -e 2001 ${fakeFinesse(page("<SystemInfo><status>IN_", 200, "application/xml"))}`,
      5,
      ["cannot be read", "never closed"],
    ],
    ["nothing at all", () => `-a 1001 -e 2001 ${fakeFinesse(page(""))}`, 5, ["cannot be read"]],
    [
      "a gateway's 502",
      () => `-a 1001 -e 2001 ${fakeFinesse(page("<html>", 502))}`,
      5,
      ["is down or starting"],
    ],
    ["plain http", () => "-a 1001 -e 2001 --finesse http://localhost:8445", 2, ["https://localhost:8445"]],
    ["no agent", () => "", 2, ["--agent", "CTI_AGENT"]],
    ["no extension", () => "-a 1001", 2, ["--extension"]],
    ["a certificate file that is none", () => "-a 1001 -e 2001 --ca r.json", 2, ["no PEM certificate"]],
    ["a profile that climbs", () => "--profile ../x -a 1 -e 2", 2, ["--profile"]],
    ["a password as argument", () => "-a 1001 -e 2001 --password secret2", 2, ["--password-stdin"]],
    [
      "no terminal",
      () => "-a 1001 -e 2001",
      2,
      ["no terminal", "--password-stdin"],
      { CTI_PASSWORD: undefined },
    ],
    ["a word too many", () => "-a 1001 -e 2001 hunter2", 2, ["options only"]],
    ["letters of the world", () => "-a ü☃ -e 2001", 3, ["ü☃"]],
  ])("%s", async (_what, line, code, parts, env = {}) => {
    expectFailure(await stage.cti(`login ${line()}`, env), code, ...parts);
  });

  test("an option without its value", async () => {
    expectFailure(await stage.cti("login -a"), 2, "-a needs a value", "cti login --help");
    expectFailure(await stage.cti("sim call 1001 --from"), 2, "--from needs a value", "cti sim call --help");
  });

  test("empty words", async () => {
    expectFailure(await stage.cti(["login", "-a", "", "-e", "2001"]), 2, "--agent is empty");
    expectFailure(await stage.cti([""]), 2, "no command");
    expectFailure(await stage.cti(["--"]), 2, "cti help");
  });

  test("a wrong password is tried once: four of them leave the agent free, the fifth locks", async () => {
    for (let tries = 0; tries < 4; tries++)
      expectFailure(await stage.cti("login -a 1015 -e 2015", { CTI_PASSWORD: "guess-1" }), 3, "CTI_PASSWORD");
    await stage.ok("login -a 1015 -e 2015");
    await stage.ok("logout -a 1015");
    for (let tries = 0; tries < 5; tries++)
      await stage.cti("login -a 1015 -e 2015", { CTI_PASSWORD: "guess-2" });
    expectFailure(await stage.cti("login -a 1015 -e 2015"), 3, "lock");
  });

  test("a file piped in for a password is not sent anywhere", async () => {
    const ran = await stage.cti("login -a 1001 -e 2001 --password-stdin", {}, "x".repeat(1_000_000));
    expectFailure(ran, 2, "not a password", "1000000 characters");
  });

  test("five at once start one connector", async () => {
    const runtime = join(stage.folder, "race");
    mkdirSync(runtime, { mode: 0o700 });
    const env = { XDG_RUNTIME_DIR: runtime, XDG_STATE_HOME: join(runtime, "state") };
    const ran = await Promise.all(
      [6, 7, 8, 9, 10].map((n) => stage.cti(`login -a ${1000 + n} -e ${2000 + n}`, env)),
    );
    expect(ran.map(({ code, err }) => [code, err])).toEqual(ran.map(() => [0, ""]));
    const status = JSON.parse((await stage.ok("status --json", env)).out) as { agents: unknown[] };
    expect(status.agents).toHaveLength(5);
    await stage.ok("stop --logout", env);
  });
});

describe("the place of the connector", () => {
  const place = (name: string): { env: Record<string, string>; folder: string } => {
    const base = join(stage.folder, name);
    const folder = join(base, "cti");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return { env: { XDG_RUNTIME_DIR: base, XDG_STATE_HOME: join(base, "state") }, folder };
  };

  test("a file where the socket should be is named, and left alone", async () => {
    const { env, folder } = place("foreign");
    const path = join(folder, "default.sock");
    writeFileSync(path, "mine");
    expectFailure(await stage.cti("login -a 1001 -e 2001", env), 5, path, "not a socket");
    expect(readFileSync(path, "utf8")).toBe("mine");
  });

  test("a stale socket is replaced", async () => {
    const { env, folder } = place("stale");
    const path = join(folder, "default.sock");
    const dead = Bun.spawn(
      [
        "/bin/sh",
        "-c",
        `exec "${process.execPath}" -e 'Bun.listen({ unix: "${path}", socket: { data() {} } }); process.kill(process.pid, "SIGKILL")'`,
      ],
      { stdio: ["ignore", "ignore", "ignore"] },
    );
    await dead.exited;
    expect(readdirSync(folder)).toContain("default.sock");
    expectFailure(await stage.cti("status", env), 7, "nobody is signed in");
    await stage.ok("login -a 1001 -e 2001", env);
    await stage.ok("stop --logout", env);
  });

  test("a directory that others may read, or a link, is refused", async () => {
    const { env, folder } = place("open");
    chmodSync(folder, 0o755);
    expectFailure(await stage.cti("status", env), 2, folder, "XDG_RUNTIME_DIR");
    const { env: linked, folder: link } = place("linked");
    rmSync(link, { recursive: true });
    symlinkSync(stage.folder, link);
    expectFailure(await stage.cti("status", linked), 2, link);
  });

  test("a path that is too long for a socket is said before it fails", async () => {
    const { env } = place("x".repeat(90));
    expectFailure(await stage.cti("login -a 1001 -e 2001", env), 2, "too long", "XDG_RUNTIME_DIR");
  });

  test("where nothing can be made the directory and its variable are named", async () => {
    const file = join(stage.folder, "in-the-way");
    writeFileSync(file, "");
    expectFailure(await stage.cti("status", { XDG_RUNTIME_DIR: file }), 2, file, "XDG_RUNTIME_DIR");
    expectFailure(
      await stage.cti("login -a 1001 -e 2001", { ...place("ro").env, XDG_STATE_HOME: file }),
      2,
      "XDG_STATE_HOME",
    );
    // Reading needs no place to write.
    expectFailure(await stage.cti("status", { ...place("ro").env, XDG_STATE_HOME: file }), 7, "cti login");
  });

  test("a connector of another version names the way out, and can be ended by it", async () => {
    const { env, folder } = place("old");
    const headers = { "Cti-Version": "0.0.1", "Cti-Api": "0" };
    const server = Bun.serve({
      unix: join(folder, "default.sock"),
      fetch: () => Response.json({ agents: [], stopped: true }, { headers }),
    });
    servers.push(server);
    for (const line of ["status", "ready -a 1001", "login -a 1001 -e 2001", "events"])
      expectFailureAfterNotice(await stage.cti(line, env), 5);
    expect((await stage.cti("stop --leave", env)).code).toBe(0);
    await server.stop(true);
  });

  test("without a home", async () => {
    expectFailure(await stage.cti("status", { ...place("homeless").env, HOME: undefined }), 7, "cti login");
  });

  test("a connector in another runtime directory is neither missed nor called dead", async () => {
    await stage.ok("login -a 1013 -e 2013");
    const { env } = place("elsewhere");
    const ran = await stage.cti("ready -a 1013", { XDG_RUNTIME_DIR: env.XDG_RUNTIME_DIR });
    expectFailure(ran, 7, "another runtime directory", "1013", "XDG_RUNTIME_DIR");
    await stage.ok("logout -a 1013");
  });
});

/** The notice of the other version comes first. */
function expectFailureAfterNotice(ran: Ran, code: number): void {
  const [notice = "", ...rest] = ran.err.split("\n");
  expect(notice).toContain("0.0.1");
  expectFailure({ ...ran, err: rest.join("\n") }, code, "cti stop --leave");
}

describe("the configuration", () => {
  test.each([
    ["not TOML", "[profiles.default", ["config.toml:1", "not TOML"]],
    ["outside a profile", 'agent = "1001"', ["[profiles.default]"]],
    ["a misspelt key", '[profiles.default]\nagnet = "1"', ["config.toml:2", "agnet", 'did you mean "agent"']],
    ["a number for a text", "[profiles.default]\nagent = 1001", ['"1001"']],
    ["a password", '[profiles.default]\npassword = "hunter2"', ["--password-stdin"]],
    [
      "a password in an address",
      '[profiles.default]\nfinesse = "https://me:hunter2@h"',
      ["user name or password"],
    ],
    ["an unknown policy", '[profiles.default]\nunattended = { then = "later" }', ["not-ready, logout, keep"]],
    ["a missing certificate", '[profiles.default]\nca = "none.pem"', ["none.pem", "ENOENT"]],
  ])("%s", async (_what, toml, parts) => {
    const folder = join(stage.folder, "config", "cti");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "config.toml"), toml);
    try {
      const ran = await stage.cti("config check", { CTI_CA: undefined, CTI_FINESSE: undefined });
      expectFailure(ran, 2, ...parts.map((part) => part));
      expect(ran.err).not.toContain("hunter2");
    } finally {
      rmSync(join(folder, "config.toml"));
    }
  });
});

describe("cti decode", () => {
  test.each([
    ["nothing", ""],
    ["words", "hello"],
    ["JSON", '{"a":1}'],
    ["a web page", "<html><body>x</body></html>"],
    ["XML that ends too soon", "<User><dialogs></User>"],
    ["an empty Update", "<Update/>"],
    ["two roots", "<User/><User/>"],
    ["half a million brackets", "<a>".repeat(200_000)],
    ["zeros", "\u0000\u0001\u009b"],
  ])("%s", async (_what, input) => {
    const ran = await stage.cti("decode", {}, input);
    expectFailure(ran, 2, "cannot decode");
    expect(ran.err.length).toBeLessThan(1000);
  });
});

/** Runs a line in a shell that tells the exit code of its first command. */
async function shell(line: string): Promise<Ran> {
  const started = performance.now();
  const child = Bun.spawn(["bash", "-c", `${line}; exit \${PIPESTATUS[0]}`], {
    env: { ...stage.env, PATH: `${join(ctiPath, "..")}:${stage.env.PATH ?? ""}` },
    cwd: stage.folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, out, err, elapsed: performance.now() - started };
}

describe("pipes and signals", () => {
  test("a reader that leaves is no failure, and nobody who reads errors changes no exit code", async () => {
    expect(await shell("cti help | head -1")).toMatchObject({ code: 0, err: "" });
    expect(await shell("cti help | true")).toMatchObject({ code: 0, err: "" });
    expect(await shell("cti nonsense 2>&1 >/dev/null | true")).toMatchObject({ code: 2 });
    expect(await shell("cti nonsense 2>&-")).toMatchObject({ code: 2 });
  });

  test("a directory for input", async () => {
    expectFailure(await shell("cti decode < ."), 2, "standard input");
    expectFailure(await shell("cti login -a 1001 -e 2001 --password-stdin < ."), 2, "standard input");
  });

  test.skipIf(process.platform !== "linux")("a full disk behind stdout", async () => {
    expectFailure(await shell("cti help > /dev/full"), 1, "could not be written", "space");
  });

  test("Ctrl-C is exit code 130, as a number", async () => {
    await stage.ok("login -a 1014 -e 2014");
    const waiting = Bun.spawn([ctiPath, "events", "-f", "--since", "start", "-a", "1014"], {
      env: stage.env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    // The first line shows that it follows.
    await waiting.stdout.getReader().read();
    waiting.kill("SIGINT");
    expect(await waiting.exited).toBe(130);
    expect(waiting.signalCode).toBeNull();
    await stage.ok("logout -a 1014");
  });
});
