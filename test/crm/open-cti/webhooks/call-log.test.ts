import { expect, test } from "bun:test";
import type { CallLog } from "../../../../src/crm/open-cti/contract.ts";
import { Stage } from "../../outbox/stage.ts";
import { Receiver } from "./receiver.ts";
import { judgeEventStrictly } from "./schema-judge.ts";
import { live, owed, verified } from "./stage.ts";

const log: CallLog = {
  callObject: "I-1:1001",
  agent: "1001",
  interaction: "I-1",
  callType: "Inbound",
  number: "5551234",
  dialed: "8001",
  queue: "Sales",
  startedAt: "2026-01-05T09:00:00.000Z",
  answeredAt: "2026-01-05T09:00:05.000Z",
  endedAt: "2026-01-05T09:01:00.000Z",
  estimated: false,
  seconds: 55,
  disposition: undefined,
  notes: undefined,
  who: undefined,
  what: undefined,
};

test("the record of a call, signed and in order, whole each time, for whoever wants calls", async () => {
  const stage = new Stage();
  const receiver = await Receiver.open();
  const url = `http://127.0.0.1:${receiver.port}/`;
  const life = live(stage, { urls: { crm: url } });
  try {
    life.owe((out) => life.webhooks.oweLog(log, 1, out, "c-1"));
    life.owe((out) =>
      life.webhooks.oweLog({ ...log, disposition: "Sales", notes: "calls back" }, 2, out, undefined),
    );
    await life.until(() => owed(life) === 0);
    const told = receiver.heard.map((heard) => verified(heard));
    for (const each of told)
      expect([judgeEventStrictly(each), judgeEventStrictly.errors]).toEqual([true, null]);
    expect(told).toMatchObject([
      {
        id: "I-1:1001#1",
        type: "cti.call.log",
        subject: "agents/1001/interactions/I-1",
        cause: "c-1",
        data: { agent: "1001", log: { callObject: "I-1:1001", seconds: 55 } },
      },
      { id: "I-1:1001#2", data: { log: { disposition: "Sales", notes: "calls back", seconds: 55 } } },
    ]);
    // What was written of a customer is the receiver's, not the trace's.
    const kept = life.traced.flatMap(({ text, masked }) => [text, masked ?? ""]).join("\n");
    expect(kept).toContain("10 characters");
    expect(kept).not.toContain("calls back");
  } finally {
    await life.webhooks.close();
    await receiver.close();
    stage.remove();
  }
});
