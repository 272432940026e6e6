import { ManualClock } from "../../../src/platform/clock.ts";
import { seededRandom } from "../../../src/platform/random.ts";
import type { ApiResponse, Publication } from "../../../src/simulator/contract.ts";
import {
  createEngine,
  type Engine,
  type EngineOptions,
} from "../../../src/simulator/engine/create-engine.ts";

/** A simulated Finesse on a clock that stands still, with what a client would type and what it would be told. */
export class House {
  readonly clock = new ManualClock();
  readonly engine: Engine;
  readonly published: Publication[] = [];

  constructor(options: EngineOptions = {}) {
    this.engine = createEngine({ clock: this.clock, random: seededRandom(7), ...options });
    this.engine.onPublish((publication) => this.published.push(publication));
  }

  request(
    method: string,
    target: string,
    body = "",
    options: { user?: string; password?: string; requestId?: string; contentType?: string } = {},
  ): ApiResponse {
    const credentials = `${options.user ?? "1001"}:${options.password ?? "secret"}`;
    return this.engine.handleApi({
      method,
      target: `/finesse/api${target}`,
      authorization: `Basic ${Buffer.from(credentials).toString("base64")}`,
      contentType: options.contentType ?? (body === "" ? undefined : "application/xml"),
      requestId: options.requestId,
      body,
    });
  }

  user(agent: string, fields: string, requestId?: string): ApiResponse {
    return this.request("PUT", `/User/${agent}`, `<User>${fields}</User>`, {
      user: agent,
      ...(requestId !== undefined && { requestId }),
    });
  }

  /** Signs in on the agent's own extension; time passes until it is told. */
  signIn(agent: string, state: "NOT_READY" | "READY" = "NOT_READY"): void {
    this.user(agent, `<state>LOGIN</state><extension>${Number(agent) + 1000}</extension>`);
    if (state === "READY") this.user(agent, "<state>READY</state>");
    this.settle();
  }

  act(agent: string, dialog: string, action: string, more = "", requestId?: string): ApiResponse {
    const target = `<targetMediaAddress>${Number(agent) + 1000}</targetMediaAddress>`;
    const body = `<Dialog>${target}<requestedAction>${action}</requestedAction>${more}</Dialog>`;
    return this.request("PUT", `/Dialog/${dialog}`, body, {
      user: agent,
      ...(requestId !== undefined && { requestId }),
    });
  }

  dial(agent: string, number: string, requestId?: string): ApiResponse {
    const from = `<fromAddress>${Number(agent) + 1000}</fromAddress>`;
    const body = `<Dialog><requestedAction>MAKE_CALL</requestedAction>${from}<toAddress>${number}</toAddress></Dialog>`;
    return this.request("POST", `/User/${agent}/Dialogs`, body, {
      user: agent,
      ...(requestId !== undefined && { requestId }),
    });
  }

  settle(milliseconds = 100): void {
    this.clock.advance(milliseconds);
  }

  stateOf(agent: string) {
    const found = this.engine.state().agents.find((entry) => entry.id === agent);
    if (found === undefined) throw new Error(`no agent ${agent}`);
    return found;
  }

  /** What this agent was told since the last look, one line an event; see `line`. */
  told(agent: string): string[] {
    const lines = this.published
      .filter((publication) => publication.automatic.includes(agent))
      .map((publication) => line(publication.xml));
    this.published.length = 0;
    return lines;
  }
}

/** `user READY`, `POST ALERTING 2001=ALERTING 555=INITIATED`, `error 260 Invalid Device`. */
export function line(xml: string): string {
  const event = /<event>(\w+)</.exec(xml)?.[1] ?? "";
  const text = (name: string): string => new RegExp(`<${name}>([^<]*)<`).exec(xml)?.[1] ?? "";
  if (xml.includes("<apiErrors>")) return `error ${text("errorData")} ${text("errorType")}`;
  if (xml.includes("<systemInfo>")) return `system ${text("status")}`;
  if (xml.includes("<user>")) {
    const state = /^ {6}<state>(\w+)</m.exec(xml)?.[1] ?? "?";
    const pending = text("pendingState");
    return `user ${state}${pending === "" ? "" : ` pending ${pending}`}`;
  }
  const dialogState = [...xml.matchAll(/<\/participants>\s*<state>(\w+)</g)][0]?.[1] ?? "?";
  const parties = [
    ...xml.matchAll(/<mediaAddress>([^<]*)<[\s\S]*?<state>(\w+)<\/state>\s*<stateCause>(\w*)</g),
  ].map(([, address, state, cause]) => `${address}=${state}${cause === "" ? "" : `/${cause}`}`);
  return [event, dialogState, ...parties].join(" ");
}
