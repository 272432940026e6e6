import { expect, test } from "bun:test";
import { connectNotifications } from "../../src/finesse/notifications.ts";
import { createRest } from "../../src/finesse/rest.ts";
import type { Update } from "../../src/finesse/contract.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { Secret } from "../../src/platform/secret.ts";
import { startSimulator } from "../../src/simulator/start.ts";

test("an agent of the simulator signs in, is refused a bad extension late, and leaves", async () => {
  const simulator = await startSimulator({ seed: 1 });
  try {
    const [address] = simulator.nodes;
    if (address === undefined) throw new Error("no node");
    const node = {
      origin: address.rest,
      trust: { ca: [simulator.caPem], pin: undefined, insecure: false },
      resolve: new Map<string, string>(),
    };
    const password = new Secret("secret");
    const rest = createRest({ node, credentials: { username: "1001", password }, clock: systemClock });
    const updates: Update[] = [];
    let arrived = () => {};
    const until = async (condition: (update: Update) => boolean): Promise<Update> => {
      for (;;) {
        const found = updates.find(condition);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      }
    };
    const roundTrip = Promise.withResolvers<number>();
    const link = await connectNotifications({
      node,
      systemInfo: await rest.systemInfo(),
      userId: "1001",
      password,
      resource: "cti",
      clock: systemClock,
      pingInterval: 50,
      handlers: {
        onUpdate: (update) => {
          updates.push(update);
          arrived();
        },
        onUnreadable: (error) => {
          throw error;
        },
        onFinessePresence: () => {},
        onOtherResources: () => {},
        onEnd: () => {},
        onRoundTrip: (milliseconds) => roundTrip.resolve(milliseconds),
      },
    });
    await rest.putUser("1001", { state: "LOGIN", extension: "9999" }, { requestId: "bad" });
    expect(await until((update) => update.requestId === "bad")).toMatchObject({
      kind: "errors",
      refusals: [{ code: "260", late: true, hint: expect.stringContaining("registered") }],
    });
    await rest.putUser("1001", { state: "LOGIN", extension: "2001" }, { requestId: "good" });
    expect(await until((update) => update.requestId === "good" && update.kind === "user")).toMatchObject({
      user: { id: "1001", extension: "2001" },
    });
    expect(await rest.user("1001")).toMatchObject({ state: "NOT_READY", extension: "2001" });
    expect((await rest.reasonCodes("1001", "NOT_READY")).length).toBeGreaterThan(0);
    expect((await rest.wrapUpReasons("1001")).length).toBeGreaterThan(0);
    expect(await rest.dialogs("1001")).toEqual([]);
    expect(await roundTrip.promise).toBeGreaterThanOrEqual(0);
    await link.close();
    await rest.close();
  } finally {
    await simulator.stop();
  }
});
