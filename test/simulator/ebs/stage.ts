import { type EbsOptions, type SimulatedEbs, startEbs } from "../../../src/simulator/ebs/start.ts";

export const xmlType = { "Content-Type": "text/xml; charset=UTF-8" };

/** Attribute text as XML wants it; line ends and tabs as references, or they would become spaces. */
export function escaped(text: string): string {
  return text.replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** One `<event>`. */
export function eventXml(name: string, data: Record<string, string> = {}): string {
  const rows = Object.entries(data)
    .map(([key, value]) => `<data name="${escaped(key)}" value="${escaped(value)}"/>`)
    .join("");
  return `<event name="${escaped(name)}">${rows}</event>`;
}

export const document = (...events: string[]) => `<CCTSDK>${events.join("")}</CCTSDK>`;

export const pop = (id: string, data: Record<string, string> = {}) =>
  eventXml("ScreenPop", { occtSourceID: id, occtANI: "03001234567", occtDNIS: "2001", ...data });
export const established = (id: string) => eventXml("CallEstablished", { occtSourceID: id });
export const released = (id: string) => eventXml("CallReleased", { occtSourceID: id });

/** A softphone that answers as it is told, and keeps what it was asked. */
export class Softphone implements AsyncDisposable {
  readonly targets: string[] = [];
  answer: (target: string) => Response | Promise<Response> = () =>
    new Response("<CCTSDK/>", { headers: xmlType });
  readonly #server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => {
      const { pathname, search } = new URL(request.url);
      this.targets.push(`${request.method} ${pathname}${search}`);
      return this.answer(search);
    },
  });

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  /** From now on replies with an Error event. */
  refuse(message: string, details?: string): void {
    const data = { occtErrorMsg: message, ...(details !== undefined && { KeyErrorDetails: details }) };
    this.answer = () => new Response(document(eventXml("Error", data)), { headers: xmlType });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.stop(true);
  }
}

/** A simulated EBS with its softphone, ended at the end of the scope. */
export class Stage implements AsyncDisposable {
  private constructor(
    readonly softphone: Softphone,
    readonly ebs: SimulatedEbs,
  ) {}

  static async open(options: EbsOptions = {}): Promise<Stage> {
    const softphone = new Softphone();
    const ebs = await startEbs({ url: softphone.url, checkEvery: 0, ...options });
    return new Stage(softphone, ebs);
  }

  /** With all seats registered. */
  static async registered(options: EbsOptions = {}): Promise<Stage> {
    const stage = await Stage.open(options);
    for (const { agent } of stage.ebs.seats()) await stage.ebs.callout(agent, "Register");
    return stage;
  }

  /** Posts a body to a seat's listener, the first's by default. */
  post(
    body: string | Uint8Array<ArrayBuffer>,
    {
      headers = xmlType,
      agent = "1001",
      path = "",
      method = "POST",
    }: {
      headers?: Record<string, string>;
      agent?: string;
      path?: string;
      method?: string;
    } = {},
  ): Promise<Response> {
    const listener = this.ebs.seats().find((seat) => seat.agent === agent)?.listener ?? "";
    return fetch(`${listener}${path}`, { method, headers, body, keepalive: false });
  }

  get complaintKinds(): string[] {
    return this.ebs.complaints().map(({ kind }) => kind);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ebs.close();
    await this.softphone[Symbol.asyncDispose]();
  }
}
