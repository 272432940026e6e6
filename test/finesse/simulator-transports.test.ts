import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { NotificationLink } from "../../src/finesse/contract.ts";
import { createRest } from "../../src/finesse/rest.ts";
import { CtiError } from "../../src/model/errors.ts";
import { ManualClock, systemClock } from "../../src/platform/clock.ts";
import { Secret } from "../../src/platform/secret.ts";
import { startSimulator, type Simulator } from "../../src/simulator/start.ts";
import { Probe, type ProbeOptions } from "./link-probe.ts";

const password = "Müller€日本";
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ seed: 3, password });
});
afterAll(() => simulator.stop());

const links: NotificationLink[] = [];
afterEach(async () => {
  simulator.xmpp.mute(false);
  await Promise.all(links.splice(0).map((link) => link.close()));
});

function address() {
  const [node] = simulator.nodes;
  if (node === undefined) throw new Error("no node");
  return node;
}

/** The session's own order of doing things, over each transport that the simulator serves. */
describe.each(["websocket", "tls", "bosh"] as const)("the simulator over %s", (transport) => {
  const trust = () => ({ ca: [simulator.caPem], pin: undefined, insecure: false });
  const node = () => ({ origin: address().rest, trust: trust(), resolve: new Map<string, string>() });
  const rest = () =>
    createRest({
      node: node(),
      credentials: { username: "1001", password: new Secret(password) },
      clock: systemClock,
    });

  async function connect(probe: Probe, options: ProbeOptions = {}): Promise<NotificationLink> {
    const { wss, xmpps, bosh } = address();
    const service = { websocket: wss, tls: xmpps, bosh }[transport];
    const reader = rest();
    const systemInfo = await reader.systemInfo();
    await reader.close();
    const link = await probe.connect(
      {
        origin: address().rest,
        domain: systemInfo.xmppDomain,
        front: { service: service ?? "" },
      },
      { trust: trust(), systemInfo, password: new Secret(password), ...options },
    );
    links.push(link);
    return link;
  }

  test("carries a sign-in, and sign-out", async () => {
    const probe = new Probe();
    const link = await connect(probe);
    expect(link.transport).toBe(transport);
    const api = rest();
    for (const request of [{ state: "LOGIN", extension: "2001" } as const, { state: "LOGOUT" } as const]) {
      await api.putUser("1001", request, { requestId: request.state });
      await probe.until(() => probe.updates.some(({ requestId }) => requestId === request.state));
    }
    await api.close();
    expect(probe.unreadable).toEqual([]);
  });

  test("refuses a wrong password once", async () => {
    const error: unknown = await connect(new Probe(), { password: new Secret("wrong") }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: "credentials-refused" });
    // A sign-in that is right takes the failures back, so that the next transport begins afresh.
    await connect(new Probe());
  });

  test("tells of another resource, of conflict, and what it forbids", async () => {
    const probe = new Probe();
    const link = await connect(probe);
    const desktop = await connect(new Probe(), { resource: "desktop" });
    await probe.until(() => probe.others.length === 1);
    await desktop.close();
    await probe.until(() => probe.others.length === 2);
    expect(probe.others).toEqual([["desktop"], []]);
    const refused: unknown = await link
      .subscribe("/finesse/api/Team/999999/Users")
      .catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(CtiError);
    expect(refused).toMatchObject({ code: "refused" });
    await connect(new Probe());
    expect(await probe.ended()).toEqual({ reason: "conflict" });
  });

  test("is lost when it is cut, and when it falls silent", async () => {
    const cut = new Probe();
    await connect(cut);
    simulator.xmpp.kill("1001");
    expect(await cut.ended()).toMatchObject({ reason: "lost" });
    const clock = new ManualClock();
    const mute = new Probe();
    await connect(mute, { clock });
    clock.advance(10_000);
    await mute.until(() => mute.roundTrips.length === 1);
    simulator.xmpp.mute(true, "1001");
    // The second ping goes out once the first one's time has passed, so time runs until both are missed.
    while (mute.ends.length === 0) {
      clock.advance(10_000);
      await new Promise((done) => setImmediate(done));
    }
    expect(await mute.ended()).toMatchObject({ reason: "lost" });
  });
});
