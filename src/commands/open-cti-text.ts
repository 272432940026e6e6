import { printable } from "../platform/terminal.ts";
import type { View } from "./view.ts";

type Identity = Awaited<ReturnType<typeof import("../crm/open-cti/rest/identity.ts").identityOf>>;
type SignInStep = import("../crm/open-cti/rest/sign-in.ts").SignInStep;

/** What a person has to do to sign in at Salesforce. */
export function stepText(step: SignInStep, { paint, now }: View): string {
  if (step.flow === "device") {
    const minutes = Math.max(1, Math.round((step.expiresAt - now) / 60_000));
    return [
      `Open ${printable(step.url)} in a browser, on any computer or telephone, and type this code:`,
      "",
      `    ${paint("bold", printable(step.code))}`,
      "",
      `It is good for ${minutes} minutes. Waiting until somebody has allowed it; Ctrl-C stops.`,
    ].join("\n");
  }
  return [
    "Open this address in a browser on this computer, sign in, and allow it:",
    "",
    `    ${printable(step.url)}`,
    "",
    `The app must have the callback ${step.redirect}. Waiting for the browser; Ctrl-C stops.`,
  ].join("\n");
}

/** `Agent 1001 (agent1001@example.com) at acme.my.salesforce.com`. */
export function identityText({ name, username, user, instance }: Identity): string {
  const who = name ?? username ?? user ?? "a user that Salesforce does not name";
  const also = name === undefined || username === undefined ? "" : ` (${username})`;
  return printable(`${who}${also} at ${new URL(instance).host}`);
}

/** Where a sign-in is kept. */
export function keptText(kept: "key store" | "file" | undefined): string {
  if (kept === undefined) return "signed by the key each time, nothing is kept";
  return kept === "key store"
    ? "kept in the system's key store"
    : "kept in a file that you alone can read, since this machine has no key store";
}
