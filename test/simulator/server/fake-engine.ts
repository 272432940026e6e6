import type { Publication, SimBackend } from "../../../src/simulator/contract.ts";
import type { CallRequest, Knobs, SimControl, SimState } from "../../../src/simulator/engine/control.ts";
import { CtiError } from "../../../src/model/errors.ts";

/** A backend that knows two users, records what the transports tell it, and publishes what a test wants. */
export class FakeEngine {
  readonly calls: [string, ...unknown[]][] = [];
  readonly presence: { agent: string; resources: string[]; clean: boolean }[] = [];
  readonly passwords = new Map([
    ["1001", "secret"],
    ["1002", "secret"],
    ["AgentX", "pässwörd"],
  ]);
  agentState = "NOT_READY";
  #listeners: ((publication: Publication) => void)[] = [];
  #knobs: Knobs = {
    eventDelay: 0,
    ctiDelay: 0,
    duplicateEvents: false,
    documentedOrder: false,
    forceWhenAnyLeaves: false,
    acceptExtensions: false,
    clockOffset: 0,
    deliverAfter: 0,
    ringTimeout: 1,
    dialAfter: 0,
    farEndRingAfter: 0,
    farEndAnswerAfter: 0,
    presenceTimeout: 1,
    presenceTimeoutUnclean: 1,
    lockout: 1,
  };

  readonly backend: SimBackend = {
    xmppDomain: "localhost",
    resolveUser: (name) => [...this.passwords.keys()].find((id) => id.toLowerCase() === name.toLowerCase()),
    authenticate: (user, password) => {
      this.calls.push(["authenticate", user]);
      const id = this.backend.resolveUser(user);
      return id !== undefined && this.passwords.get(id) === password ? "ok" : "refused";
    },
    handleApi: (request) => ({
      status: request.authorization === undefined ? 401 : 200,
      headers: {
        "Content-Type": "application/xml",
        ...(request.requestId !== undefined && { requestId: request.requestId }),
      },
      body: `<Echo method="${request.method}" target="${request.target.replaceAll("&", "&amp;")}">${request.body}</Echo>`,
    }),
    onPublish: (listener) => void this.#listeners.push(listener),
    presenceChanged: (agent, resources, clean) => void this.presence.push({ agent, resources, clean }),
    maySubscribe: (agent, node) =>
      node.startsWith(`/finesse/api/User/${agent}`) || node === "/finesse/api/Team/1/Users",
  };

  readonly control: SimControl = {
    call: (request: CallRequest) => {
      this.calls.push(["call", request]);
      if (request.agent === "1002")
        throw new CtiError({
          code: "refused",
          message: "agent 1002 is NOT_READY: no call can be routed there",
        });
      if (request.agent === "9999")
        throw new CtiError({ code: "input-invalid", message: "there is no agent 9999" });
      return { dialogId: "16777217", agent: request.agent, state: "ringing" };
    },
    abandon: (dialogId) => void this.calls.push(["abandon", dialogId]),
    callerHangup: (dialogId) => void this.calls.push(["callerHangup", dialogId]),
    farEndAnswer: () => {
      throw new CtiError({ code: "no-such-call", message: "no call rings outside" });
    },
    phone: (...given) => void this.calls.push(["phone", ...given]),
    outOfService: () => void this.calls.push(["outOfService"]),
    inService: () => void this.calls.push(["inService"]),
    forceLogout: (...given) => void this.calls.push(["forceLogout", ...given]),
    forceState: (...given) => void this.calls.push(["forceState", ...given]),
    setPassword: (agent, password) => void this.passwords.set(agent, password),
    deleteUser: (agent) => void this.passwords.delete(agent),
    knobs: (change) => (this.#knobs = { ...this.#knobs, ...change }),
    loseNextEvent: (options) => void this.calls.push(["loseNextEvent", options]),
    failNextRequest: (...given) => void this.calls.push(["failNextRequest", ...given]),
    filterPublications: () => () => undefined,
  };

  publish(publication: Publication): void {
    for (const listener of this.#listeners) listener(publication);
  }

  state(): SimState {
    return {
      now: "2026-01-05T09:00:00.000Z",
      profile: "ucce",
      status: "IN_SERVICE",
      agents: [
        {
          id: "1001",
          loginName: "obennett",
          name: "Olivia Bennett",
          team: "Sales",
          state: this.agentState,
          pendingState: "",
          reasonCodeId: undefined,
          stateChangeTime: undefined,
          extension: "2001",
          resources: [],
          phone: "idle",
          presenceDeadline: undefined,
          wrapUpEnds: undefined,
          lockedUntil: undefined,
          dialogs: [],
        },
      ],
      calls: [],
      queues: [],
      knobs: this.#knobs,
      counts: { requests: 0, refused: 0, lateRefusals: 0, published: 0, lost: 0 },
    };
  }
}

/** A user update as the engine publishes it. */
export function userUpdate(agent: string, state: string): Publication {
  return {
    node: `/finesse/api/User/${agent}`,
    xml: `<Update><data><user><state>${state}</state><lastName>O&apos;Neill &amp; S&#246;hne</lastName></user></data><event>PUT</event><requestId></requestId><source>/finesse/api/User/${agent}</source></Update>`,
    automatic: [agent],
  };
}
