import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "bun:sqlite";
import { ManualClock } from "../../src/platform/clock.ts";
import { isLocked, tryLock } from "../../src/platform/lock.ts";
import { createLog } from "../../src/platform/log.ts";
import { maskCallVariables, Redactor } from "../../src/platform/redact.ts";
import { Store } from "../../src/platform/sqlite.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cti-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("lock", () => {
  const holder = `const { tryLock } = await import(process.argv[1]); console.log(tryLock(process.argv[2]) !== undefined); setInterval(() => {}, 1e6);`;
  const lockModule = join(import.meta.dir, "../../src/platform/lock.ts");

  test("held by one process at a time, and given back by a kill, also after garbage collection", async () => {
    const path = join(directory, "a.lock");
    expect(isLocked(path)).toBe(false);
    const other = Bun.spawn([process.execPath, "-e", holder, lockModule, path], { stdout: "pipe" });
    const { value } = await other.stdout.getReader().read();
    expect(new TextDecoder().decode(value).trim()).toBe("true");
    expect(isLocked(path)).toBe(true);
    expect(tryLock(path, 0)).toBeUndefined();
    other.kill("SIGKILL");
    await other.exited;
    expect(isLocked(path)).toBe(false);
    const lock = tryLock(path, 0);
    Bun.gc(true);
    expect(isLocked(path)).toBe(true);
    lock?.release();
    expect(isLocked(path)).toBe(false);
  });
});

describe("redactor", () => {
  test("finds a password as it is, encoded for a URL, XML or JSON, and at every place inside base64", () => {
    const secret = `p&ss "w<rd" ä`;
    const redactor = new Redactor();
    redactor.add(secret);
    const texts = [
      secret,
      encodeURIComponent(secret),
      "p&amp;ss &quot;w&lt;rd&quot; ä",
      JSON.stringify({ secret }),
      ...["", "1", "12", "123"].map((user) => Buffer.from(`${user}${secret}tail`).toString("base64")),
    ];
    for (const text of texts) {
      const redacted = redactor.redact(text);
      expect(redacted).toContain("•••");
      expect(Buffer.from(redacted, "base64").toString()).not.toContain("w<rd");
    }
  });

  test("takes out headers and SASL it was not told of", () => {
    const redactor = new Redactor();
    expect(redactor.redact("Authorization: Basic MTAwMTpzZWNyZXQ=")).not.toContain("MTAw");
    expect(redactor.redact("<auth mechanism='PLAIN'>AHNlY3JldA==</auth>")).not.toContain("AHNl");
  });

  test("a password that is the agent's own number leaves the number readable", () => {
    const redactor = new Redactor();
    redactor.add("1001", ["1001", "2001"]);
    expect(redactor.redact("agent 1001 is READY")).toBe("agent 1001 is READY");
  });
});

describe("call variables", () => {
  const plain =
    "<CallVariable><name>user.id</name><value>Jane</value></CallVariable><CallVariable><name>b</name><value></value></CallVariable>";
  const escape = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

  test("values are masked in plain and escaped XML, names and empty values stay", () => {
    for (const text of [plain, escape(plain), escape(escape(plain))]) {
      const masked = maskCallVariables(text);
      expect(masked).not.toContain("Jane");
      expect(masked).toContain("user.id");
      expect(masked.match(/•••/g)).toHaveLength(1);
    }
  });

  test("also where the text is cut off, and nowhere else", () => {
    expect(maskCallVariables("<CallVariable><name>a</name><value>Jan")).not.toContain("Jan");
    expect(maskCallVariables("<state><value>READY</value></state>")).toContain("READY");
  });
});

describe("store", () => {
  const schema = "CREATE TABLE t (x TEXT)";
  const open = (troubles: string[], version = 1) =>
    new Store({
      path: join(directory, "s.sqlite"),
      schema: [schema, "CREATE TABLE u (x TEXT)"].slice(0, version),
      onTrouble: (message) => troubles.push(message),
    });
  const insert = (store: Store) => store.attempt((database) => database.run("INSERT INTO t VALUES ('a')"));

  test("what is no database is moved aside, loudly", () => {
    writeFileSync(
      join(directory, "s.sqlite"),
      "this is not a database, and long enough to be looked at as one",
    );
    const troubles: string[] = [];
    const store = open(troubles);
    expect(insert(store)?.changes).toBe(1);
    expect(troubles.join()).toContain("moved aside");
    expect(readdirSync(directory).some((name) => name.startsWith("s.sqlite.aside-"))).toBe(true);
    store.close();
  });

  test("one from a newer program is moved aside, too", () => {
    open([], 2).close();
    const troubles: string[] = [];
    open(troubles, 1).close();
    expect(troubles.join()).toContain("schema 2");
  });

  test("an older one is given what it lacks, and keeps what it holds", () => {
    const before = open([]);
    insert(before);
    before.close();
    const troubles: string[] = [];
    const store = open(troubles, 2);
    expect(store.attempt((database) => database.query("SELECT x FROM t").all())).toHaveLength(1);
    expect(store.attempt((database) => database.query("SELECT x FROM u").all())).toHaveLength(0);
    expect(troubles).toEqual([]);
    store.close();
  });

  test("a disk that takes nothing more is told once, and the program goes on", () => {
    const troubles: string[] = [];
    const store = open(troubles);
    store.attempt((database: Database) => database.run("PRAGMA max_page_count = 2"));
    const big = "x".repeat(100_000);
    for (let count = 0; count < 3; count++)
      expect(
        store.attempt((database) => database.query("INSERT INTO t VALUES (?)").run(big)),
      ).toBeUndefined();
    expect(troubles).toHaveLength(1);
    store.attempt((database) => database.run("PRAGMA max_page_count = 100000"));
    expect(troubles.at(-1)).toContain("works again");
    store.close();
  });

  test("where no file can be, memory serves", () => {
    mkdirSync(join(directory, "s.sqlite"));
    const troubles: string[] = [];
    const store = open(troubles);
    expect(insert(store)?.changes).toBe(1);
    expect(troubles.join()).toContain("memory only");
  });
});

test("a log entry is one line, with time, level and agent, and without secrets", () => {
  const redactor = new Redactor();
  redactor.add("hunter22");
  const lines: string[] = [];
  const log = createLog({
    clock: new ManualClock(),
    redactor,
    sink: (line) => lines.push(line),
    debug: false,
  });
  log.write("warn", "refused:\r\n <bad> hunter22", "1001");
  log.write("debug", "not shown");
  expect(lines).toEqual(["2026-01-05T09:00:00.000Z warn  1001 refused: | <bad> •••\n"]);
});
