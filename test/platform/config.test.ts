import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CtiError } from "../../src/model/errors.ts";
import { type Config, type ConfigFlags, loadConfig } from "../../src/platform/config.ts";
import { lineOf, parseConfigFile } from "../../src/platform/config-file.ts";
import { finesseOrigin } from "../../src/platform/finesse-address.ts";
import { Invalid } from "../../src/platform/invalid.ts";
import {
  fingerprint,
  mobileAgent,
  resolveEntry,
  seconds,
  transportChoice,
} from "../../src/platform/values.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "cti-config-"));
});
afterAll(() => rm(home, { recursive: true }));

let files = 0;

async function load(
  toml: string | undefined,
  more: { env?: Record<string, string>; flags?: ConfigFlags } = {},
): Promise<Config> {
  const path = join(home, `config-${++files}.toml`);
  if (toml !== undefined) await writeFile(path, toml);
  return loadConfig({
    environment: { HOME: home, ...(toml !== undefined && { CTI_CONFIG: path }), ...more.env },
    folder: "/where/i/stand",
    flags: more.flags ?? {},
  });
}

test("a file that is named has to be there", async () => {
  const error = await failure(load(undefined, { env: { CTI_CONFIG: "/nowhere/config.toml" } }));
  expect(error).toMatchObject({ code: "config-invalid", exitCode: 2 });
  expect(error.message).toContain("/nowhere/config.toml");
  expect((await load(undefined, { env: { CTI_CONFIG: "" } })).exists).toBe(false);
});

async function failure(work: Promise<unknown>): Promise<CtiError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CtiError) return error;
    throw error;
  }
  throw new Error("nothing failed");
}

const full = `
[profiles.default]
finesse = ["fina.example.com", "https://finb.example.com:8445"]
ca = "finesse.pem"
agent = "1001"
extension = "2001"
resolve = ["fina.example.com:10.1.2.3"]
timeout = "2m"
unattended = { then = "not-ready", after = 60 }
default-reasons = { not-ready = "Break", logout = "End" }
record-variables = true
transport = "xmpps://fina.example.com:15223"

[profiles.default.adapters.generic-connector]
broker = "failover:(tcp://127.0.0.1:61616)"

[profiles.lab]
finesse = "lab"
`;

test("a profile as written, made absolute and normal", async () => {
  const { settings, adapters } = await load(full);
  expect(settings).toEqual({
    finesse: ["https://fina.example.com:8445", "https://finb.example.com:8445"],
    ca: [join(home, "finesse.pem")],
    pin: undefined,
    insecure: false,
    resolve: ["fina.example.com:10.1.2.3"],
    transport: "xmpps://fina.example.com:15223",
    agent: "1001",
    extension: "2001",
    mobile: undefined,
    device: undefined,
    timeout: 120,
    unattendedThen: "not-ready",
    unattendedAfter: 60,
    notReadyReason: "Break",
    logoutReason: "End",
    recordVariables: true,
  });
  expect(adapters).toEqual({ "generic-connector": { broker: "failover:(tcp://127.0.0.1:61616)" } });
});

test("flags over variables over file over defaults, each with its place", async () => {
  const config = await load(full, {
    env: { CTI_AGENT: "1002", CTI_EXTENSION: "2002", CTI_CA: "a.pem,b.pem" },
    flags: { agent: "1003", finesse: ["one", "two:443"] },
  });
  expect(config.settings.agent).toBe("1003");
  expect(config.settings.extension).toBe("2002");
  expect(config.settings.finesse).toEqual(["https://one:8445", "https://two:443"]);
  expect(config.settings.ca).toEqual(["/where/i/stand/a.pem", "/where/i/stand/b.pem"]);
  expect(config.origins.agent).toEqual({ kind: "flag", label: "--agent" });
  expect(config.origins.extension).toEqual({ kind: "environment", label: "CTI_EXTENSION" });
  expect(config.origins.timeout.label).toBe(`${config.path}:8`);
  expect(config.origins.insecure.kind).toBe("default");
});

test("another profile by flag or variable", async () => {
  expect((await load(full, { flags: { profile: "lab" } })).settings.finesse).toEqual(["https://lab:8445"]);
  expect((await load(full, { env: { CTI_PROFILE: "lab" } })).profile).toBe("lab");
});

test("without a file any profile serves; with profiles in one a strange name is a mistake", async () => {
  expect((await load(undefined, { flags: { profile: "demo" } })).profile).toBe("demo");
  expect((await failure(load(full, { flags: { profile: "lb" } }))).hint).toContain("lab");
});

describe("mistakes name the line and the way out", () => {
  const table: [string, string, string][] = [
    ["[profiles.default]\nfinese = 'x'", ':2: there is no setting "finese"', "finesse"],
    [
      "[profiles.default]\n\nrecord_variables = true",
      ':3: there is no setting "record_variables"',
      "record-variables",
    ],
    ["[profiles.default]\nunattended = { them = 'keep' }", 'there is no setting "them"', "then"],
    ["[profiles.default]\nunattended = 'keep'", '"unattended" must be a table', "then ="],
    ["[profiles.default]\nunattended = { then = 'kep' }", '"kep" is not one of', "keep"],
    ["[profiles.default]\nagent = 1001", ':2: "agent" must be text', '"1001"'],
    ["[profiles.default]\ninsecure = 'yes'", "must be true or false, not a text", ""],
    ["[profiles.default]\nfinesse = ['a', 5]", "must be a list of texts", ""],
    ["[profiles.default]\nfinesse = 'http://fin:8082'", "starts with http://", "https://fin:8445"],
    ["[profiles.default]\ntimeout = 'soon'", "is not a time", "seconds"],
    ["[profiles.default]\ntimeout = -1", "is not a time", ""],
    ["[profiles.default]\npassword = 'hunter2'", "passwords are not read from", "--password-stdin"],
    ["agent = '1001'", "outside a profile", "[profiles.default]"],
    ["[profile.default]\nagent = '1'", 'there is no setting "profile"', "profiles"],
    ["[profiles.default]\nagent = ", ":2: this is not TOML", ""],
    ["[profiles.default.adapters.ebss]\nlisten = ':1'", 'there is no setting "ebss"', "ebs"],
    ["[profiles.'../x']\nagent = '1'", "not a profile's name", ""],
  ];
  test.each(table)("%p", async (toml, message, hint) => {
    const error = await failure(load(toml));
    expect(error.code).toBe("config-invalid");
    expect(error.message).toContain(message);
    expect(error.hint ?? "").toContain(hint);
    expect(JSON.stringify(error)).not.toContain("hunter2");
  });

  test.each([
    [{ CTI_TIMEOUT: "x" }, "CTI_TIMEOUT"],
    [{ CTI_INSECURE: "maybe" }, "CTI_INSECURE"],
    [{ CTI_FINESSE: "user:hunter2@fin" }, "CTI_FINESSE holds a user name or password"],
    [{ CTI_PROFILE: "a/b" }, "CTI_PROFILE"],
  ])("in a variable: %p", async (env, words) => {
    const error = await failure(load(undefined, { env }));
    expect(error.code).toBe("config-invalid");
    expect(error.message).toContain(words);
    expect(error.message).not.toContain("hunter2");
  });

  test("in a flag it is a usage error", async () => {
    expect((await failure(load(undefined, { flags: { pin: "abc" } }))).code).toBe("usage");
  });

  test("a broken file never shows its text, which may hold a password", async () => {
    const error = await failure(load("[profiles.default]\npassword = hunter2 oops"));
    expect(JSON.stringify(error)).not.toContain("hunter2");
  });
});

describe("Finesse's address", () => {
  test.each([
    ["fina", "https://fina:8445"],
    ["fina:443", "https://fina:443"],
    ["https://fina.example.com", "https://fina.example.com:8445"],
    ["https://FinA.example.com:8445/desktop/", "https://fina.example.com:8445"],
    [" 10.1.2.3 ", "https://10.1.2.3:8445"],
    ["[::1]:8445", "https://[::1]:8445"],
    ["https://[::1]", "https://[::1]:8445"],
  ])("%p", (typed, origin) => expect(finesseOrigin(typed)).toBe(origin));

  test.each([
    "",
    "http://fina:8082",
    "ftp://x",
    "a b",
    "fina:99999",
    "fina:0",
    "https://",
    "u:p@fina",
    "fina:port",
  ])("%p is refused", (typed) => expect(() => finesseOrigin(typed)).toThrow(Invalid));

  test("reading its own result changes nothing, and nothing else is ever thrown", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.domain(), fc.ipV6()), (text) => {
        let origin: string;
        try {
          origin = finesseOrigin(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Invalid);
          return;
        }
        expect(finesseOrigin(origin)).toBe(origin);
        expect(new URL(origin).protocol).toBe("https:");
      }),
    );
  });
});

describe("--transport", () => {
  test.each([
    "auto",
    "websocket",
    "bosh",
    "tls",
    "wss://fina:8445/ws/",
    "https://fina:7443/http-bind/",
    "xmpps://fina",
  ])("%p", (text) => expect(transportChoice(` ${text} `)).toBe(text));

  test.each(["", "smoke", "ws://fina/ws/", "http://fina/http-bind/", "wss://", "xmpps://me:secret@fina"])(
    "%p is refused",
    (text) => expect(() => transportChoice(text)).toThrow(Invalid),
  );
});

describe("--resolve", () => {
  test.each([
    ["fina:10.1.2.3", { host: "fina", port: undefined, address: "10.1.2.3" }],
    ["fina:8445:10.1.2.3", { host: "fina", port: 8445, address: "10.1.2.3" }],
    ["fina:8445:[::1]", { host: "fina", port: 8445, address: "::1" }],
    ["fina:2001:db8::1", { host: "fina", port: undefined, address: "2001:db8::1" }],
  ])("%p", (text, entry) => expect(resolveEntry(text)).toEqual(entry));

  test.each(["", "fina", "fina:", ":10.1.2.3", "fina:99999:10.1.2.3", "fina:8445:host", "fina:8445"])(
    "%p is refused",
    (text) => expect(() => resolveEntry(text)).toThrow(Invalid),
  );

  test("what is written is read back", () => {
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6().map((text) => `[${text}]`),
    );
    fc.assert(
      fc.property(fc.domain(), fc.option(fc.integer({ min: 1, max: 65_535 })), address, (host, port, ip) => {
        const text = port === null ? `${host}:${ip}` : `${host}:${port}:${ip}`;
        expect(resolveEntry(text)).toEqual({
          host,
          port: port ?? undefined,
          address: ip.replace(/^\[|\]$/g, ""),
        });
      }),
    );
  });

  test("never throws anything else", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          resolveEntry(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Invalid);
        }
      }),
    );
  });
});

test.each([
  ["10", 10],
  ["0.5", 0.5],
  ["500ms", 0.5],
  ["2m", 120],
  ["1h", 3600],
])("%p is a time", (text, value) => expect(seconds(text)).toBe(value));

test("fingerprints with colons and capitals", () => {
  const hex = "ab".repeat(32);
  expect(fingerprint(`SHA256:${"AB:".repeat(31)}AB`)).toBe(hex);
  expect(() => fingerprint("ab")).toThrow(Invalid);
});

test("mobile agents", () => {
  expect(mobileAgent("nailed:5551234")).toEqual({ mode: "NAILED_CONNECTION", dialNumber: "5551234" });
  expect(mobileAgent("CALL_BY_CALL:+49123")).toEqual({ mode: "CALL_BY_CALL", dialNumber: "+49123" });
  expect(() => mobileAgent("sometimes:1")).toThrow(Invalid);
});

describe("any text", () => {
  test("parses or is refused as config-invalid", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `[profiles.default]\n${text}`),
        ),
        async (text) => {
          try {
            await parseConfigFile(text, "config.toml");
          } catch (error) {
            expect(error).toBeInstanceOf(CtiError);
            expect(error).toHaveProperty("code", "config-invalid");
          }
        },
      ),
    );
  });

  test("a key is found on its line wherever it stands", () => {
    const word = fc.stringMatching(/^[a-z][a-z-]{0,8}$/);
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 8 }), fc.nat(), (keys, pick) => {
        const key = keys[pick % keys.length] ?? "";
        const text = ["# a comment", "", "[profiles.default]", ...keys.map((each) => `${each} = 1`)].join(
          "\n",
        );
        expect(lineOf(text, ["profiles", "default", key])).toBe(4 + keys.indexOf(key));
      }),
    );
  });
});
