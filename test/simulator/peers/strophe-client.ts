/**
 * Strophe.js, the library under Cisco's own WebSocket sample, over WebSocket or BOSH by the scheme of SIM_URL, in a process of its own. It
 * prints what happens, a JSON line each.
 */
import { DOMParser } from "@xmldom/xmldom";
import { $iq, $pres, Strophe } from "strophe.js";

/** What of a DOM element is used here; the types of a browser are not part of this project. */
interface DomElement {
  getAttribute(name: string): string | null;
  getElementsByTagName(name: string): ArrayLike<{ textContent: string | null }>;
}

const { SIM_URL = "", SIM_PASSWORD = "", SIM_CA = "" } = process.env;
const ca = await Bun.file(SIM_CA).text();

function say(what: string, value: unknown = null): void {
  process.stdout.write(`${JSON.stringify({ what, value })}\n`);
}

/** The part of a browser's XMLHttpRequest that Strophe's BOSH uses, on fetch: Bun has none. */
class Request {
  readyState = 0;
  status = 0;
  responseText = "";
  onreadystatechange: () => void = () => {};
  readonly #headers: Record<string, string> = {};
  readonly #aborter = new AbortController();
  #url = "";

  get responseXML() {
    return this.responseText === "" ? null : new DOMParser().parseFromString(this.responseText, "text/xml");
  }

  open(_method: string, url: string): void {
    this.#url = url;
    this.readyState = 1;
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  getAllResponseHeaders(): string {
    return "";
  }

  abort(): void {
    this.#aborter.abort();
  }

  send(body: string): void {
    const { signal } = this.#aborter;
    void fetch(this.#url, { method: "POST", body, headers: this.#headers, signal, tls: { ca } })
      .then(async (response) => {
        this.responseText = await response.text();
        this.status = response.status;
      })
      .catch((error: unknown) => say("failed", String(error)))
      .finally(() => {
        this.readyState = 4;
        this.onreadystatechange();
      });
  }
}
Object.assign(globalThis, { XMLHttpRequest: Request });

const connection = new Strophe.Connection(SIM_URL, {});
connection.addHandler(
  (stanza: unknown) => {
    // The DOM that Strophe was given above.
    const presence = stanza as DomElement;
    say("presence", presence.getAttribute("from"));
    return false;
  },
  null,
  "presence",
  null,
);
connection.addHandler(
  (stanza: unknown) => {
    const message = stanza as DomElement;
    say("message", message.getElementsByTagName("notification")[0]?.textContent);
    connection.sendIQ($iq({ type: "get", to: "localhost" }).c("ping", { xmlns: "urn:xmpp:ping" }), () => {
      say("pong");
      connection.disconnect("done");
    });
    return false;
  },
  null,
  "message",
  null,
);
connection.connect("1001@localhost/strophe", SIM_PASSWORD, (status: number, condition: unknown) => {
  if (status === Strophe.Status.CONNECTED) {
    say("online", connection.jid);
    connection.send($pres());
  }
  if (status === Strophe.Status.AUTHFAIL) {
    say("refused", condition);
    connection.disconnect("refused");
  }
  if (status === Strophe.Status.DISCONNECTED) {
    say("offline");
    process.exit(0);
  }
});
