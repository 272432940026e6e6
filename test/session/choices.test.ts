import { expect, test } from "bun:test";
import type { CallLayout } from "../../src/model/call-layout.ts";
import { CtiError } from "../../src/model/errors.ts";
import { FakeFinesse } from "./fake-finesse.ts";

const layout: CallLayout = {
  id: "1",
  name: "Default",
  description: undefined,
  type: "DEFAULT",
  header: undefined,
  columns: [],
};

test("layouts of calls are read once in five minutes, however many ask", async () => {
  const finesse = new FakeFinesse();
  const session = await finesse.connected();
  finesse.callLayouts = [layout];
  const { reads } = finesse;
  expect(await Promise.all([session.callLayouts(), session.callLayouts()])).toEqual([[layout], [layout]]);
  finesse.callLayouts = [];
  finesse.clock.sleep(299_999);
  expect(await session.callLayouts()).toEqual([layout]);
  expect(finesse.reads).toBe(reads + 1);
  finesse.clock.sleep(1);
  expect(await session.callLayouts()).toEqual([]);
});

test("who may not read them has none; a failure is not kept", async () => {
  const finesse = new FakeFinesse();
  const session = await finesse.connected();
  finesse.refuseReads = new CtiError({ code: "finesse-unreachable", message: "no" });
  await expect(session.callLayouts()).rejects.toMatchObject({ code: "finesse-unreachable" });
  finesse.refuseReads = new CtiError({ code: "refused", message: "no" });
  expect(await session.callLayouts()).toEqual([]);
});
