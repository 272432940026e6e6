import type { Verb } from "../model/commands.ts";
import { CtiError } from "../model/errors.ts";

export function notSent(verb: Verb): CtiError {
  return new CtiError({
    code: "timeout",
    message: `${verb} was not sent: the commands before it took all its time`,
    hint: "cti status shows how they ended; then try again, or give it more time with --timeout",
  });
}

export function notSignedIn(agent: string, extension: string): CtiError {
  return new CtiError({
    code: "not-signed-in",
    message: `agent ${agent} is not signed in`,
    hint: `cti login -a ${agent} -e ${extension}`,
  });
}

export function notReached(node: string, time: number): CtiError {
  return new CtiError({
    code: "finesse-unreachable",
    message: `Finesse at ${node} did not answer within ${time / 1000} s`,
    hint: "check host and port, the VPN and the firewall between, or give it longer: --timeout SECONDS",
  });
}
