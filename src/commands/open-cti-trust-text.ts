import type { Paint } from "../platform/terminal.ts";

type TrustReport = import("../crm/open-cti/trust.ts").TrustReport;

interface View {
  paint: Paint;
  platform: NodeJS.Platform;
  /** Milliseconds since the epoch. */
  now: number;
}

/** What has to be done, and by whom; only what holds for this configuration. */
export function trustText(report: TrustReport, view: View): string {
  const { paint } = view;
  const { mode, url = "" } = report;
  if (mode === "none")
    return [
      "This profile serves no softphone page: no browser has to trust anything.",
      'Records come up by their address, see open and salesforce in: cti help open-cti. With listen = "127.0.0.1:8112" there is a page.',
    ].join("\n");
  const parts = [
    `${paint("bold", mode === "central" ? "One page for many agents" : "A page beside one agent")}  ${url}`,
    certificate(report, view),
    networkAccess(mode, url, paint),
    salesforce(url, paint),
    nothing(paint),
  ];
  return parts.join("\n\n");
}

function certificate({ certificate: found }: TrustReport, { paint, platform, now }: View): string {
  const head = paint("bold", "1 The certificate");
  if (found === undefined) return head;
  const { kind, file, sha256, validTo, names } = found;
  const until =
    validTo === undefined
      ? ""
      : `  valid until ${validTo.slice(0, 10)}${Date.parse(validTo) < now ? ", which is over: agents cannot sign in" : ""}`;
  if (kind === "site")
    return [
      head,
      `  The site's own, for ${names.length === 0 ? "no name at all" : names.join(", ")}${until}`,
      "  Browsers must trust who issued it: a public authority, or your company's by group policy.",
      "  Nothing has to be done at the agents' computers then. One that is self-signed is refused",
      "  in a frame without a question, and the softphone stays empty.",
    ].join("\n");
  if (sha256 === undefined)
    return [
      head,
      "  The connector makes an authority of its own when it starts. Start it (cti serve), and look again.",
    ].join("\n");
  return [
    head,
    `  An authority that this connector made for this computer alone${until}`,
    `  ${file}`,
    `  SHA-256 ${sha256}`,
    "  It can certify no name but localhost and its addresses. Its key lies beside it, readable to",
    "  you alone; who has both could pose as a page of this computer, and as nothing else.",
    "  Let the browser trust it, once:",
    ...installing(file ?? "", platform).map((line) => `    ${line}`),
    "  Then close all windows of the browser and open the page: there must be no warning.",
  ].join("\n");
}

function installing(file: string, platform: NodeJS.Platform): string[] {
  if (platform === "darwin")
    return [`security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ${file}`];
  if (platform === "win32") return [`certutil -user -addstore Root ${file}`];
  return [
    "Chrome, Chromium, Edge (needs libnss3-tools):",
    `certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n cti-softphone -i ${file}`,
    "Firefox: Settings, Certificates, View Certificates, Authorities, Import",
  ];
}

function networkAccess(mode: TrustReport["mode"], url: string, paint: Paint): string {
  const { origin } = new URL(url);
  const head = paint("bold", "2 Chrome's Local Network Access");
  if (mode === "local")
    return [
      head,
      "  Salesforce's page is public, this one is on the agent's own computer. Chrome 142 and newer",
      "  ask the agent once whether Salesforce may look at devices and apps here; a No leaves the",
      "  softphone empty (the lock in the address bar takes it back). What the page itself asks of",
      "  its own address is free of it. We cannot ask for it, nor can Salesforce's frame be told to.",
      "  Fleets: the policy LocalNetworkAccessAllowedForUrls, with",
      '    ["https://[*.]lightning.force.com", "https://[*.]my.salesforce.com"]',
      `  A plain tab at ${url} needs no permission.`,
    ].join("\n");
  return [
    head,
    `  If ${origin} has a public address, nothing. If its name leads to a private one (10.…, 172.16.…,`,
    "  192.168.…), Chrome 142 and newer take it for the local network and ask the agent once. The",
    "  policy LocalNetworkAccessAllowedForUrls answers for a fleet, with",
    '    ["https://[*.]lightning.force.com", "https://[*.]my.salesforce.com"]',
  ].join("\n");
}

function salesforce(url: string, paint: Paint): string {
  return [
    paint("bold", "3 Salesforce"),
    "  Setup, Call Centers, Import: what cti open-cti definition prints. Give users that call",
    "  center and a Softphone Layout; put the Open CTI Softphone into the app's utility bar.",
    `  Where the org limits what it frames: ${new URL(url).origin} into Trusted URLs.`,
    "  Open CTI itself retires on 28 February 2028 and is not in newly made orgs; the REST back",
    "  end and webhooks of this adapter do not depend on it.",
  ].join("\n");
}

function nothing(paint: Paint): string {
  return [
    paint("bold", "Without any of this"),
    "  The same page in a tab of its own works as a plain softphone. With [….salesforce] the caller",
    "  is looked up and the Task written by REST, with no page at all. See cti help open-cti.",
  ].join("\n");
}
