import { afterEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testCertificate } from "./certificates.ts";
import { RestStub } from "./rest-stub.ts";
import { systemInfoXml } from "./samples.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

test("an own authority is added to the default ones and does not take their place", async () => {
  const known = testCertificate();
  const unrelated = testCertificate();
  const folder = await mkdtemp(join(tmpdir(), "cti-"));
  cleanups.push(() => rm(folder, { recursive: true }));
  await Bun.write(join(folder, "known.pem"), known.ca);
  const stub = new RestStub(() => ({ body: systemInfoXml }), known);
  cleanups.push(() => stub.stop());
  const root = join(import.meta.dir, "../../src");
  const script = `
    import { createRest } from "${root}/finesse/rest.ts";
    import { systemClock } from "${root}/platform/clock.ts";
    import { Secret } from "${root}/platform/secret.ts";
    const rest = createRest({
      node: {
        origin: "https://localhost:${stub.port}",
        trust: { ca: [${JSON.stringify(unrelated.ca)}], pin: undefined, insecure: false },
        resolve: new Map(),
      },
      credentials: { username: "1001", password: new Secret("secret") },
      clock: systemClock,
    });
    console.log((await rest.systemInfo()).status);
    await rest.close();
  `;
  // The default authorities are read when the process starts, hence another one.
  const run = async (environment: Record<string, string>) => {
    const child = Bun.spawn([process.execPath, "-e", script], {
      env: { ...process.env, ...environment },
      stdout: "pipe",
      stderr: "ignore",
    });
    return (await new Response(child.stdout).text()).trim();
  };
  expect(await run({ NODE_EXTRA_CA_CERTS: join(folder, "known.pem") })).toBe("IN_SERVICE");
  expect(await run({})).toBe("");
});
