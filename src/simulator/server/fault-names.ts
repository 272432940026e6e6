import { CtiError } from "../../model/errors.ts";

/** One line each: `cti sim fail --help` and wrong names print them. */
export const faults = {
  cti: "the link to CTI breaks: REST answers 503, SystemInfo goes OUT_OF_SERVICE",
  tomcat: "Finesse's web application is down: REST answers 502, finesse@ goes unavailable",
  notification: "the notification service is down: streams are cut, new ones refused",
  network: "nothing answers any more, nothing is closed: REST hangs, streams are silent",
  rest: "REST accepts requests and never answers",
  mute: "streams accept everything and answer nothing (half-open); --agent for one user",
  stall: "nothing reaches the client until healed, then all of it at once (suspended); --agent for one user",
  drop: "closes connections without a good-bye, once; --agent for one user",
  reset: "resets connections (RST; over WebSocket and BOSH as drop), once; --agent for one user",
  vanish: "the server counts streams as gone and tells nobody (no FIN), once; --agent for one user",
  presence: "finesse@ is never announced to new streams",
  slow: "the switch acts --delay milliseconds after the 202",
  lag: "notifications arrive --delay milliseconds late",
  reorder: "notifications overtake each other, each up to --delay milliseconds late",
  double: "every notification comes twice",
  namespace: "notifications are in the namespace urn:xmpp:push:0",
  lowercase: "events are named in lower case",
  lose: "the next --count notifications vanish; --agent for one user's",
  refuse: "the next --count requests are refused late, --delay milliseconds more; --agent for one user's",
  clock: "the server's clock is --delay milliseconds ahead, behind when negative",
} as const satisfies Record<string, string>;

export type Fault = keyof typeof faults;

/** Faults that happen once and leave nothing to heal. */
export const passing: ReadonlySet<Fault> = new Set(["drop", "reset", "vanish", "lose", "refuse"]);

/** Faults of the switch, which nodes share: they cannot be one node's alone. */
export const shared: ReadonlySet<Fault> = new Set(["slow", "lose", "refuse", "clock"]);

/** Names the faults when `name` is none of them. */
export function faultNamed(name: string): Fault {
  if (isFault(name)) return name;
  throw new CtiError({
    code: "input-invalid",
    message: `there is no fault "${name}"`,
    hint: `one of: ${Object.keys(faults).join(", ")}`,
  });
}

function isFault(name: string): name is Fault {
  return Object.hasOwn(faults, name);
}
