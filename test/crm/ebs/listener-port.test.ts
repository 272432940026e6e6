import { afterAll, describe, expect, test } from "bun:test";
import { CtiError } from "../../../src/model/errors.ts";
import { ManualClock } from "../../../src/platform/clock.ts";
import { makeCertificate } from "../../../src/simulator/server/certificates.ts";
import { exchange, get, openPort, Wire } from "./port.ts";

const ready = "/?FunctionName=Ready&telesetNumber=70002&agentID=7001";
const success = "<CCTSDK/>";
const port = await openPort();
afterAll(() => port.stop());

describe("the port", () => {
  test("can be taken once", async () => {
    const error = await openPort({ listen: { host: "127.0.0.1", port: port.port } }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CtiError);
    expect(error).toMatchObject({
      code: "config-invalid",
      message: expect.stringContaining(`port ${port.port} of 127.0.0.1 ("listen") is taken`),
      hint: expect.stringContaining('"listen"'),
    });
  });

  test("must be one of this computer", async () => {
    const error = await openPort({ listen: { host: "192.0.2.1", port: 0 } }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      code: "config-invalid",
      message: expect.stringContaining("no address of this computer"),
    });
  });

  test("needs a certificate that is one", async () => {
    const pem = (what: string) => `-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`;
    const tls = { cert: pem("CERTIFICATE"), key: pem("PRIVATE KEY") };
    const error = await openPort({ tls }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "config-invalid",
      message: expect.stringContaining('"cert" and "key"'),
    });
  });

  test("speaks TLS with the site's certificate, and nothing else then", async () => {
    const { ca, certificate, key } = makeCertificate({ names: ["localhost"], now: new Date() });
    const safe = await openPort({ tls: { cert: certificate, key } });
    expect(safe.url).toBe(`https://127.0.0.1:${safe.port}`);
    const answer = await fetch(`https://localhost:${safe.port}${ready}`, { tls: { ca } });
    expect(await answer.text()).toBe(success);
    expect(await exchange(safe.port, get(ready), /CCTSDK/)).not.toContain("CCTSDK");
    expect(safe.callouts).toHaveLength(1);
    await safe.stop();
  });

  test("is free again after a stop, which lets answers go out", async () => {
    const [asked, outcome] = [Promise.withResolvers<void>(), Promise.withResolvers<undefined>()];
    const first = await openPort({}, () => (asked.resolve(), outcome.promise));
    const idle = new Wire(first.port);
    await idle.write("GET");
    const answer = exchange(first.port, get(ready));
    await asked.promise;
    const stopped = first.stop();
    outcome.resolve(undefined);
    expect(await answer).toEndWith(success);
    await stopped;
    await idle.closed;
    const again = await openPort({ listen: { host: "127.0.0.1", port: first.port } });
    await again.stop();
  });

  test("does not wait for ever when it stops", async () => {
    const clock = new ManualClock();
    const asked = Promise.withResolvers<void>();
    const stuck = await openPort({}, () => (asked.resolve(), new Promise(() => {})), clock);
    const answer = exchange(stuck.port, get(ready));
    await asked.promise;
    const stopped = stuck.stop();
    clock.advance(2000);
    await stopped;
    expect(await answer).toBe("");
  });
});
