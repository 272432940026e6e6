import { expect, test } from "bun:test";
import { removedAtLogout } from "../../src/platform/paths.ts";

const user = { uid: 1000, username: "anna" };
const systemd = "/run/systemd/system";
const lingers = "/var/lib/systemd/linger/anna";
const fate = (directory: string | undefined, ...there: string[]): string | undefined =>
  removedAtLogout({ XDG_RUNTIME_DIR: directory }, user, (path) => there.includes(path));

test("the runtime directory that goes at logout is systemd's own, of a user who does not linger", () => {
  expect(fate("/run/user/1000", systemd)).toBe("/run/user/1000");
  expect(fate("/run/user/1000", systemd, lingers)).toBeUndefined();
  expect(fate("/run/user/1000")).toBeUndefined();
  expect(fate("/run/user/1001", systemd)).toBeUndefined();
  expect(fate(undefined, systemd)).toBeUndefined();
});
