import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ControlListener, socketLook } from "../../src/connector/control-listener.ts";
import { ManualClock } from "../../src/platform/clock.ts";
import { isLocked, type Lock, tryLock } from "../../src/platform/lock.ts";
import { lockPath, socketPath } from "../../src/platform/paths.ts";
import { temporaryHome, until } from "./support.ts";

const profile = "default";
let home: ReturnType<typeof temporaryHome>;
let clock: ManualClock;
let listener: ControlListener;
let guardians: Lock | undefined;
let logged: string[];
let unreachable: number;
let socket: string;
let runtime: string;

beforeEach(async () => {
  home = temporaryHome();
  clock = new ManualClock();
  logged = [];
  unreachable = 0;
  socket = socketPath(home.environment, profile);
  runtime = dirname(socket);
  guardians = tryLock(lockPath(home.environment, profile));
  listener = new ControlListener({
    environment: home.environment,
    profile,
    clock,
    log: { write: (_level, message) => logged.push(message) },
    handle: () => Promise.resolve(new Response("here")),
    onUnreachable: () => {
      unreachable += 1;
    },
  });
  await listener.open();
});

afterEach(async () => {
  await listener.close();
  guardians?.release();
  home.remove();
});

const answer = async (): Promise<string> =>
  (await fetch("http://connector/", { unix: socket, keepalive: false })).text();

test("a socket that was removed is made again; nothing else has changed, so no lock is taken", async () => {
  rmSync(socket);
  clock.advance(socketLook);
  await until(() => logged.length > 0);
  expect(await answer()).toBe("here");
  expect(listener.holdsLock).toBe(false);
  expect(unreachable).toBe(0);
});

test("with the whole runtime directory removed the place is taken anew, lock and all", async () => {
  rmSync(runtime, { recursive: true });
  clock.advance(socketLook);
  await until(() => logged.length > 0);
  expect(await answer()).toBe("here");
  expect(listener.holdsLock).toBe(true);
  expect(isLocked(lockPath(home.environment, profile))).toBe(true);
  clock.advance(socketLook);
  clock.advance(socketLook);
  expect(logged).toHaveLength(1);
});

test("another connector that has taken the place keeps it: its socket is neither used nor removed", async () => {
  rmSync(runtime, { recursive: true });
  const theirs = tryLock(lockPath(home.environment, profile));
  const other = Bun.serve({ unix: socket, fetch: () => new Response("other") });
  clock.advance(socketLook);
  await until(() => unreachable > 0);
  expect(logged.join()).toContain("another connector");
  expect(await answer()).toBe("other");
  await listener.close();
  expect(existsSync(socket)).toBe(true);
  await other.stop(true);
  theirs?.release();
});

test("where the directory cannot be made again it is told once and tried again, until it can", async () => {
  rmSync(join(home.directory, "run"), { recursive: true });
  writeFileSync(join(home.directory, "run"), "in the way");
  clock.advance(socketLook);
  await until(() => unreachable === 1);
  clock.advance(socketLook);
  await until(() => unreachable === 2);
  expect(logged).toHaveLength(1);
  rmSync(join(home.directory, "run"));
  mkdirSync(join(home.directory, "run"), { mode: 0o700 });
  clock.advance(socketLook);
  await until(() => logged.length === 2);
  expect(await answer()).toBe("here");
});
