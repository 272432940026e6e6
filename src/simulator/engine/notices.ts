import type { Call, DialogState, Party } from "./call.ts";
import type { AsyncError } from "./control.ts";
import { dialogXml } from "./dialog-xml.ts";
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
  /** While the CTI link is down nothing is published but SystemInfo (§15). */
  suspended = false;

  constructor(
    readonly world: World,
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

  userDeleted(agent: Agent): void {
    const node = `/finesse/api/User/${agent.id}`;
    this.#publish(node, [agent.id], update([userXml(this.world, agent, "user")], "DELETE", "", node));
  }

  /** The agent's Finesse begins to show the call. */
  dialogPosted(call: Call, party: Party, echo?: Echo): void {
    const agent = this.world.agentAt(party.address);
    if (agent === undefined || !party.device) return;
    party.visible = true;
    this.#markShown(call, party);
    this.#dialogs(agent, dialogXml(this.world, call, "Dialog", party), "POST", echo);
  }

  /** To every agent who is shown the call. */
  dialogChanged(call: Call, echo?: Echo): void {
    for (const party of call.parties) {
      const agent = party.visible ? this.world.agentAt(party.address) : undefined;
      if (agent === undefined) continue;
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

  systemInfo(status: "IN_SERVICE" | "OUT_OF_SERVICE"): void {
    const node = "/finesse/api/SystemInfo";
    const data = element("systemInfo", [element("status", status)]);
    const xml = update([data], "PUT", "", node);
    this.publisher.publish({ node, xml: renderXml(xml), automatic: [...this.world.agents.keys()] });
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

  #publish(node: string, automatic: string[], xml: XmlElement): void {
    if (!this.suspended) this.publisher.publish({ node, xml: renderXml(xml), automatic });
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
