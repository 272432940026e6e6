import type { ProbePart } from "./contract.ts";

/** What the first screens say. */
export const firstRunWords = {
  welcome: "Welcome. No Finesse is configured yet.",
  question: "Where do you want to begin?",
  choices: [
    ["Try it on the simulator", "an agent, calls that come by themselves; gone when you leave"],
    ["I have a Finesse", "asks its address, tries it, writes the configuration"],
  ],
  starting: ["Starting the simulator…", "Agent 1001 is signed in on extension 2001."],
  address: "Address of your Finesse",
  addressHelp: ["A host name, with a port where it is not 8445:", "fina.example.com"],
  trying: (address: string) => `Trying ${address}`,
  parts: { name: "name", port: "port", certificate: "certificate", finesse: "Finesse" } satisfies Record<
    ProbePart,
    string
  >,
  works: "It works.",
  outOfService: [
    "Finesse answers, but is out of service: signing in will fail until it is back.",
    "That is no fault of the address.",
  ],
  willWrite: (profile: string, path: string) => `Enter writes profile ${profile} into ${path}`,
  next: (hint: string) => `What to do: ${hint}`,
  unknown: [
    "Nobody this machine knows vouches for that certificate. Many Finesse servers have one",
    "of their own. Ask whoever runs it for the fingerprint, and compare:",
  ],
  issuedBy: (issuer: string) => `issued by  ${issuer}`,
  isFor: (names: string) => `for        ${names}`,
  until: (day: string) => `until      ${day}`,
  pin: "p  it is the same: trust this certificate, and no other",
  authority: "Better where you can: give its authority's certificate with CTI_CA=FILE and start again.",
  writing: "Writing the configuration…",
  hints: {
    choice: "↑↓ choose · Enter goes on · q leaves",
    address: "Enter tries it · Esc back",
    trying: "Esc stops",
    good: "Enter writes it and goes on to sign-in · Esc another address",
    bad: "r tries again · Esc another address",
    pin: "p trusts it · r tries again · Esc another address",
    failed: "Esc back · q leaves",
    busy: "q leaves",
  },
} as const;
