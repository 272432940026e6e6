import type { Call, DialogState, Party } from "./call.ts";
import type { Publication } from "../contract.ts";
import type { AsyncError } from "./control.ts";
import { dialogXml } from "./dialog-xml.ts";
import type { Nodes } from "./nodes.ts";
import type { Publisher } from "./publisher.ts";
import { userSummaryXml, userXml } from "./user-xml.ts";
import type { Agent, World } from "./world.ts";
import { element, renderXml, type XmlElement } from "./xml.ts";

/**
 * The request an event answers: its requestId is echoed once, in the first event about that object to that agent (§3);
 * `take` empties it.
 */
export class Echo {
  #id: string | undefined;

  constructor(
    readonly agent: Agent,
    id: string | undefined,
  ) {
    this.#id = id;
  }

  take(agent: Agent): string {
    if (agent !== this.agent) return "";
    const id = this.#id ?? "";
    this.#id = undefined;
    return id;
  }
}

/** Words what happened as Update documents of §13 and publishes them. */
export class Notices {
  /** While set, only these nodes tell. */
  #only: readonly string[] | undefined;

  constructor(
    readonly world: World,
    readonly nodes: Nodes,
    readonly publisher: Publisher,
  ) {}

  user(agent: Agent, echo?: Echo): void {
    const node = `/finesse/api/User/${agent.id}`;
    const requestId = echo?.take(agent) ?? "";
    this.#publish(node, [agent.id], update([userXml(this.world, agent, "user")], "PUT", requestId, node));
    // Supervisors' nodes are explicit (§13): nobody gets them by itself.
    this.#publish(
      `/finesse/api/Team/${agent.entry.team}/Users`,
      [],
      update([userSummaryXml(this.world, agent, "user")], "PUT", "", node),
    );
  }

  /** UCCE repeats the last known states after a CTI failover: POST of calls the client may know (§13, §15). */
  repeat(name: string): void {
    for (const agent of this.world.agents.values()) {
      if (agent.status.state === "LOGOUT") continue;
      this.#only = [name];
      this.user(agent);
      for (const { call, party } of this.world.partiesAt(agent.extension))
        if (party.visible) this.dialogPosted(call, party);
    }
    this.#only = undefined;
  }

  userDeleted(agent: Agent): void {
    const node = `/finesse/api/User/${agent.id}`;
    const xml = update([userXml(this.world, agent, "user")], "DELETE", "", node);
    this.#publish(node, [agent.id], xml, { removed: agent.id });
  }

  /** The agent's Finesse begins to show the call. */
  dialogPosted(call: Call, party: Party, echo?: Echo): void {
    const agent = this.world.agentAt(party.address);
    if (agent === undefined || !party.device) return;
    party.visible = true;
    this.#markShown(call, party);
    this.#dialogs(agent, dialogXml(this.world, call, "Dialog", party), "POST", echo);
  }

  /** To every agent who is shown the call; who has handed it on only hears of what he did himself. */
  dialogChanged(call: Call, echo?: Echo): void {
    for (const party of call.parties) {
      const agent = party.visible ? this.world.agentAt(party.address) : undefined;
      if (agent === undefined || (party.left && echo?.agent !== agent)) continue;
      this.dialogTold(call, party, agent, echo);
    }
  }

  /** To one of them. */
  dialogTold(call: Call, party: Party, agent: Agent, echo?: Echo): void {
    this.#markShown(call, party);
    this.#publish(
      `/finesse/api/User/${agent.id}/Dialogs`,
      [agent.id],
      update(
        [dialogXml(this.world, call, "dialog", party)],
        "PUT",
        echo?.take(agent) ?? "",
        `/finesse/api/Dialog/${call.id}`,
      ),
    );
  }

  /** The agent's Finesse no longer shows the call. */
  dialogDeleted(call: Call, party: Party, state: DialogState = call.state, echo?: Echo): void {
    const agent = party.visible ? this.world.agentAt(party.address) : undefined;
    party.visible = false;
    if (agent === undefined) return;
    this.#dialogs(agent, dialogXml(this.world, call, "Dialog", party, state), "DELETE", echo);
  }

  /** A late refusal (§4); `source` is the object that was asked. Its event is lower case, as in every capture. */
  refused(
    agent: Agent,
    node: string,
    source: string,
    error: AsyncError,
    requestId: string | undefined,
  ): void {
    const members = [
      ["peripheralErrorCode", error.peripheralErrorCode],
      ["errorType", error.errorType],
      ["errorMessage", error.errorMessage],
      ["peripheralErrorText", error.peripheralErrorText],
      ["peripheralErrorMsg", error.peripheralErrorMsg],
      ["errorData", error.errorData],
    ] as const;
    const data = element("apiErrors", [
      element(
        "apiError",
        members.map(([name, value]) => (value === undefined ? undefined : element(name, value))),
      ),
    ]);
    this.#publish(node, [agent.id], update([data], "put", requestId ?? "", source));
  }

  /** Of one Finesse node's link to CTI, told by itself. */
  systemInfo(name: string, status: "IN_SERVICE" | "OUT_OF_SERVICE"): void {
    const node = "/finesse/api/SystemInfo";
    const data = element("systemInfo", [element("status", status)]);
    const xml = update([data], "PUT", "", node);
    this.publisher.publish({
      node,
      xml: renderXml(xml),
      automatic: [...this.world.agents.keys()],
      only: [name],
    });
  }

  /** To those who subscribed to the queue. */
  queue(number: string, statistics: XmlElement): void {
    const node = `/finesse/api/Queue/${number}`;
    this.#publish(node, [], update([statistics], "PUT", "", node));
  }

  #dialogs(agent: Agent, dialog: XmlElement, event: "POST" | "DELETE", echo: Echo | undefined): void {
    const node = `/finesse/api/User/${agent.id}/Dialogs`;
    this.#publish(
      node,
      [agent.id],
      update([element("dialogs", [dialog])], event, echo?.take(agent) ?? "", node),
    );
  }

  #markShown(call: Call, party: Party): void {
    party.shownActions = this.world.actionsOf(call, party).join(" ");
  }

  /** While a node's CTI link is down it publishes nothing but SystemInfo (§15). */
  #publish(
    node: string,
    automatic: string[],
    xml: XmlElement,
    more: Pick<Publication, "removed"> = {},
  ): void {
    const { names, serving } = this.nodes;
    if (serving.length === 0) return;
    const all = this.#only === undefined && serving.length === names.length;
    const only = all ? {} : { only: this.#only ?? serving };
    this.publisher.publish({ node, xml: renderXml(xml), automatic, ...only, ...more });
  }
}

function update(data: XmlElement[], event: string, requestId: string, source: string): XmlElement {
  return element("Update", [
    element("data", data),
    element("event", event),
    element("requestId", requestId),
    element("source", source),
  ]);
}
