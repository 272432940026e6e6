import { CtiError } from "../../model/errors.ts";
import { isLive, type Call, type Party } from "./call.ts";
import type {
  CallPlaced,
  CallRequest,
  Knobs,
  PhoneAction,
  PhoneOptions,
  PublicationFilter,
  SimControl,
} from "./control.ts";
import type { Sim } from "./sim.ts";
import type { Agent } from "./world.ts";

/** `SimControl` on a running simulator. */
export function controlOf(sim: Sim): SimControl {
  const { world, desk, exchange, releasing, inbound, notices, publisher, link, nodes } = sim;

  const find = (name: string): Agent => {
    const agent = world.find(name);
    if (agent === undefined)
      throw new CtiError({ code: "input-invalid", message: `There is no agent ${name}.` });
    return agent;
  };

  /** The named call, or the only one with an outside party that `fits`. */
  const outsideCall = (
    dialogId: string | undefined,
    what: string,
    fits: (call: Call, party: Party) => boolean,
  ) => {
    const found = [...world.calls.values()].flatMap((call) => {
      if (dialogId !== undefined && call.id !== dialogId) return [];
      const party = call.parties.find((one) => !one.device && isLive(one) && fits(call, one));
      return party === undefined ? [] : [{ call, party }];
    });
    const [only, another] = found;
    if (only === undefined) {
      const which = dialogId === undefined ? "No call" : `Call ${dialogId} is not one that`;
      throw new CtiError({ code: "no-such-call", message: `${which} ${what}.` });
    }
    if (another !== undefined) {
      throw new CtiError({
        code: "input-invalid",
        message: `Several calls ${what}: ${found.map(({ call }) => call.id).join(", ")}. Name one.`,
      });
    }
    return only;
  };

  return {
    call: (request: CallRequest): CallPlaced => inbound.place(request),
    abandon: (dialogId?: string) => {
      const { call, party } = outsideCall(
        dialogId,
        "waits for an agent to answer",
        (one, caller) => !one.established && !caller.incoming,
      );
      releasing.leave(call, party);
    },
    callerHangup: (dialogId?: string) => {
      const { call, party } = outsideCall(dialogId, "has an outside party on the line", () => true);
      // A far end that hangs up while it rings has refused the call.
      const caller = call.parties.find((one) => one.state === "INITIATED");
      if (!call.established && party.incoming && caller !== undefined) {
        world.dropParty(call, party);
        exchange.fail(call, caller, "BUSY");
      } else releasing.leave(call, party);
    },
    farEndAnswer: (dialogId?: string) => {
      const { call, party } = outsideCall(
        dialogId,
        "rings outside",
        (_, one) => one.incoming && one.state === "ALERTING",
      );
      exchange.answered(call, party);
    },
    phone: (agent: string, action: PhoneAction, options: PhoneOptions = {}) =>
      sim.phone.act(find(agent), action, options),
    outOfService: (node?: string) => {
      for (const name of nodes.names) {
        if ((node !== undefined && node !== name) || !nodes.inService(name)) continue;
        notices.systemInfo(name, "OUT_OF_SERVICE");
        nodes.interrupt(name, world.clock.now());
      }
    },
    inService: (node?: string) => {
      for (const name of nodes.names) {
        if ((node !== undefined && node !== name) || nodes.inService(name)) continue;
        nodes.resume(name);
        notices.systemInfo(name, "IN_SERVICE");
        notices.repeat(name);
      }
    },
    forceLogout: (agent: string, code = 50_002) =>
      desk.force(find(agent), "LOGOUT", world.systemReason("LOGOUT", code)),
    forceState: (agent: string, state: "READY" | "NOT_READY") =>
      desk.force(find(agent), state, world.systemReason("NOT_READY", world.profile === "uccx" ? 33 : 999)),
    setPassword: (agent: string, password: string) => {
      find(agent).password = password;
    },
    deleteUser: (name: string) => {
      const agent = find(name);
      desk.force(agent, "LOGOUT");
      notices.userDeleted(agent);
      sim.presence.forget(agent);
      world.remove(agent);
    },
    knobs: (change: Partial<Knobs> = {}) => {
      for (const [name, value] of Object.entries(change)) {
        if (!(name in world.knobs) || typeof value !== typeof world.knobs[name as keyof Knobs])
          throw new CtiError({
            code: "input-invalid",
            message: `There is no such setting: ${name}=${String(value)}.`,
          });
      }
      Object.assign(world.knobs, change);
      return { ...world.knobs };
    },
    loseNextEvent: (options = {}) => {
      const agent = options.agent === undefined ? undefined : find(options.agent).id;
      publisher.lose(agent, options.count ?? 1);
    },
    failNextRequest: (error, options = {}) => {
      const agent = options.agent === undefined ? undefined : find(options.agent).id;
      link.failNext(error, agent, options.count ?? 1, options.delay ?? 0);
    },
    filterPublications: (filter: PublicationFilter) => publisher.filter(filter),
  };
}
