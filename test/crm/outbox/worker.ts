import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openConnectorStore } from "../../../src/connector/database.ts";
import { nextBoot } from "../../../src/connector/event-id.ts";
import { EventLog } from "../../../src/connector/event-log.ts";
import { Journal } from "../../../src/connector/journal.ts";
import type { CrmAdapter, Delivery } from "../../../src/crm/adapter.ts";
import { Deliveries } from "../../../src/crm/outbox/outbox.ts";
import { systemClock } from "../../../src/platform/clock.ts";

// A process to be killed: owes a record and a pop with each event, tells when they are on disk, and what its CRM sees.
const [directory = "", from = "0", count = "0"] = process.argv.slice(2);
const seen = openSync(join(directory, "seen"), "a");
const owed = openSync(join(directory, "owed"), "a");
const store = openConnectorStore(directory, (trouble) => {
  throw new Error(trouble);
});
const boot = nextBoot(store, Date.now());
const deliveries = new Deliveries({
  store,
  boot,
  clock: systemClock,
  random: Math.random,
  tell: (news) => events.appendAll(news),
});
const events: EventLog = new EventLog({
  journal: new Journal({ store, riders: [deliveries], recordVariables: false }),
  boot,
  clock: systemClock,
  prepare: (event) => {
    if (event.type !== "session.connecting") return;
    deliveries.run("crm", (out) => {
      const { attempt } = event;
      const draft = { kind: "Told", key: `${attempt % 5}`, text: `${attempt}`, payload: attempt };
      out.add({ ...draft, policy: "record" });
      out.add({ ...draft, policy: "pop" });
    });
  },
});
const crm: Pick<CrmAdapter, "name" | "send"> = {
  name: "crm",
  async send({ policy, text, id }: Delivery) {
    writeSync(seen, `${policy} ${text} ${id}\n`);
    await new Promise((resolve) => setImmediate(resolve));
    return { result: "sent" };
  },
};
deliveries.addAdapter(crm, 60_000);
deliveries.begin({ ...crm, start: async () => {}, stop: async () => {}, health: () => Object.assign({}) });
for (let number = Number(from); number < Number(from) + Number(count); number++) {
  events.append({ type: "session.connecting", node: "a", attempt: number }, undefined, undefined);
  writeSync(owed, `${number}\n`);
  // The parent counts, and kills.
  writeSync(1, ".");
  await new Promise((resolve) => setImmediate(resolve));
}
while ([...deliveries.owed()].length > 0) await new Promise((resolve) => setImmediate(resolve));
process.exit(0);
