import { describe, expect, test } from "bun:test";
import { trustText } from "../../src/commands/open-cti-trust-text.ts";
import type { TrustReport } from "../../src/crm/open-cti/trust.ts";

const own: TrustReport = {
  mode: "local",
  url: "https://127.0.0.1:8112/softphone",
  certificate: {
    kind: "own",
    file: "/home/olivia/.local/state/cti/default/softphone/ca.pem",
    sha256: "AB:CD",
    validTo: "2036-01-05T09:00:00.000Z",
    names: [],
  },
};
const site: TrustReport = {
  mode: "central",
  url: "https://cti.example.com/softphone",
  certificate: {
    kind: "site",
    file: undefined,
    sha256: "AB",
    validTo: "2026-01-05T09:00:00.000Z",
    names: ["DNS:cti.example.com"],
  },
};
const text = (report: TrustReport, platform: NodeJS.Platform = "linux"): string =>
  trustText(report, { paint: (_, words) => words, platform, now: Date.UTC(2026, 5, 1) });

describe("what browsers have to trust", () => {
  test("of a page on the agent's own computer: the authority, and Chrome's question", () => {
    expect(text(own)).toContain(
      `certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n cti-softphone -i ${own.certificate?.file}`,
    );
    expect(text(own, "darwin")).toContain("security add-trusted-cert");
    expect(text(own, "win32")).toContain("certutil -user -addstore Root");
    expect(text(own)).toContain("LocalNetworkAccessAllowedForUrls");
  });

  test("of a site's certificate: nothing at the agents' computers; one that is over is said to be", () => {
    expect(text(site)).toContain("DNS:cti.example.com  valid until 2026-01-05, which is over");
    expect(text(site)).not.toContain("certutil");
    expect(text(site)).toContain("https://cti.example.com into Trusted URLs");
  });

  test("without a page nothing at all", () => {
    expect(text({ mode: "none", url: undefined, certificate: undefined })).toContain(
      "no browser has to trust",
    );
  });

  test("fits a screen of a hundred columns", () => {
    for (const report of [own, site])
      for (const line of text(report).split("\n")) expect(line.length).toBeLessThanOrEqual(130);
  });
});
