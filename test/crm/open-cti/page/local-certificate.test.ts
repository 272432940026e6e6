import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { authorityFile, localCertificate } from "../../../../src/crm/open-cti/page/local-certificate.ts";
import { reviveAuthority } from "../../../../src/platform/certificates.ts";

const day = 24 * 60 * 60 * 1000;
let parent: string;
let directory: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "cti-certificate-"));
  directory = join(parent, "adapters/open-cti");
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const file = (name: string): string => readFileSync(join(directory, name), "utf8");
const inDays = (days: number): Date => new Date(Date.now() + days * day);

/** What a client that trusts `ca` says to a server of that certificate. */
async function greet(
  { cert, key }: { cert: string; key: string },
  ca: string,
  servername: string,
): Promise<string> {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: { cert, key },
    fetch: () => new Response("hello"),
  });
  try {
    return await new Promise((resolve) => {
      const host = servername === "localhost" ? { servername } : {};
      const socket = connect({ host: "127.0.0.1", port: server.port ?? 0, ca, ...host }, () => {
        socket.destroy();
        resolve("trusted");
      });
      socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  } finally {
    await server.stop(true);
  }
}

describe("the connector's own certificate", () => {
  test("is trusted for 127.0.0.1 and localhost by whoever trusts its authority", async () => {
    const made = localCertificate(directory, new Date());
    expect(made.made).toContain("made a certificate authority");
    expect(await greet(made, file(authorityFile), "127.0.0.1")).toBe("trusted");
    expect(await greet(made, file(authorityFile), "localhost")).toBe("trusted");
    const leaf = new X509Certificate(made.cert);
    expect(leaf.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    // No browser takes one for longer.
    expect(leaf.validToDate.getTime() - leaf.validFromDate.getTime()).toBeLessThanOrEqual(398 * day);
  });

  test("is kept where nobody else reads it", () => {
    localCertificate(directory, new Date());
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory).sort()).toEqual([
      "ca-key.pem",
      "ca.pem",
      "certificate-key.pem",
      "certificate.pem",
    ]);
    for (const name of readdirSync(directory))
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  });

  test("is the same at the next start", () => {
    const first = localCertificate(directory, new Date());
    expect(localCertificate(directory, new Date())).toEqual({ cert: first.cert, key: first.key });
  });

  test("is renewed in time, below the authority that browsers trust already", async () => {
    const first = localCertificate(directory, inDays(-340));
    const authority = file(authorityFile);
    const next = localCertificate(directory, new Date());
    expect(next.made).toContain("renewed");
    expect(next.cert).not.toBe(first.cert);
    expect(file(authorityFile)).toBe(authority);
    expect(await greet(next, authority, "127.0.0.1")).toBe("trusted");
  });

  test("is made anew with its authority when that ends before it would", () => {
    localCertificate(directory, inDays(-3600));
    const authority = file(authorityFile);
    expect(localCertificate(directory, new Date()).made).toContain("made a certificate authority");
    expect(file(authorityFile)).not.toBe(authority);
  });

  for (const name of ["ca.pem", "ca-key.pem", "certificate.pem", "certificate-key.pem"])
    test(`is whole again after ${name} was damaged`, async () => {
      localCertificate(directory, new Date());
      writeFileSync(join(directory, name), "damaged");
      const made = localCertificate(directory, new Date());
      expect(await greet(made, file(authorityFile), "127.0.0.1")).toBe("trusted");
    });

  test("is not another connector's", () => {
    const other = join(parent, "other");
    localCertificate(other, new Date());
    localCertificate(directory, new Date());
    expect(file(authorityFile)).not.toBe(readFileSync(join(other, authorityFile), "utf8"));
    for (const name of ["certificate.pem", "certificate-key.pem"])
      writeFileSync(join(directory, name), readFileSync(join(other, name)));
    expect(localCertificate(directory, new Date()).made).toContain("renewed");
  });

  test("that cannot be kept is named with what to do", () => {
    writeFileSync(join(parent, "adapters"), "a file where a directory has to be");
    expect(() => localCertificate(directory, new Date())).toThrow("certificate cannot be kept");
  });

  test("has an authority that can be no other name, whoever holds its key", async () => {
    localCertificate(directory, new Date());
    const ca = file(authorityFile);
    const name = /^CN=(.*)$/m.exec(new X509Certificate(ca).subject)?.[1] ?? "";
    const thief = reviveAuthority({ name, ca, key: file("ca-key.pem") });
    const issued = (name: string) => {
      const { certificate: cert, key } = thief.issue({
        names: [name, "127.0.0.1"],
        begins: inDays(-1),
        ends: inDays(1),
      });
      return greet({ cert, key }, ca, "127.0.0.1");
    };
    expect(await issued("localhost")).toBe("trusted");
    expect(await issued("login.salesforce.com")).not.toBe("trusted");
  });
});
