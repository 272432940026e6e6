import { CtiError } from "../../model/errors.ts";
import type { CtiPort } from "../adapter.ts";
import type { CallLog } from "./contract.ts";
import type { PageDesk } from "./page/contract.ts";
import type { CallRecords } from "./records.ts";
import type { InboundOptions } from "./webhooks/inbound.ts";

interface Parts {
  records: CallRecords;
  port: Pick<CtiPort, "status">;
}

/** What pages may ask; an agent's page never reaches another agent's calls. Agents are named by id or login name. */
export function pageDesk(at: () => Parts): PageDesk {
  const own = (agent: string, callObject: string): CallLog | undefined => {
    const log = at().records.log(callObject);
    return log?.agent === sessionName(at(), agent) ? log : undefined;
  };
  /** Throws `no-such-call`: what somebody wrote or chose must not be gone without a word. */
  const need = (agent: string, callObject: string): CallLog => {
    const log = own(agent, callObject);
    if (log !== undefined) return log;
    throw new CtiError({
      code: "no-such-call",
      message: "this was not saved: the call was over too long ago",
      hint: "write it into the call's record in Salesforce",
    });
  };
  return {
    logs: (agent) => at().records.logs(sessionName(at(), agent)),
    matched: (agent, callObject, matches) => {
      if (own(agent, callObject) !== undefined) at().records.matched(callObject, matches);
    },
    chosen: (agent, callObject, match) => at().records.chosen(need(agent, callObject).callObject, match),
    note: (agent, callObject, text) =>
      void at().records.note(need(agent, callObject).callObject, { notes: text }),
    clickedToDial: (agent, number, record) =>
      at().records.clickedToDial(sessionName(at(), agent), number, record),
    arrived: (agent) => at().records.wake(sessionName(at(), agent)),
  };
}

/** What programs may say of calls, by webhook. Throws `no-such-call`. */
export function programDesk(at: () => Parts): Pick<InboundOptions, "popResult" | "note"> {
  const need = (interaction: string, agent: string): CallLog => {
    const log = at().records.log(`${interaction}:${sessionName(at(), agent)}`);
    if (log !== undefined) return log;
    throw new CtiError({
      code: "no-such-call",
      message: `agent ${agent} has no call ${interaction}, and had none lately`,
    });
  };
  return {
    popResult: ({ agent, interaction, matches, popped }) => {
      const { callObject } = need(interaction, agent);
      const { records } = at();
      records.matched(callObject, matches);
      // What was shown of several is what the call is about, until the agent says otherwise.
      const shown = matches.find(({ id }) => id === popped);
      if (shown !== undefined && matches.length > 1) records.chosen(callObject, shown);
    },
    note: ({ agent, interaction, text, who, what }) => {
      const { callObject } = need(interaction, agent);
      at().records.note(callObject, {
        ...(text !== "" && { notes: text }),
        ...(who !== undefined && { who }),
        ...(what !== undefined && { what }),
      });
    },
  };
}

/** Events and records name an agent as his session does: by what was given at sign-in. */
function sessionName({ port }: Parts, agent: string): string {
  return port.status(agent)?.agent ?? agent;
}
