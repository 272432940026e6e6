import { XMLParser } from "fast-xml-parser";
import { Parser } from "ltx";
import { parseNotificationStanza } from "../../../src/finesse/parse-stanza.ts";
import { startSimulator } from "../../../src/simulator/start.ts";
import { median, report } from "./report.ts";

/** Notification stanza to model, beside the bare libraries' own parse of the same text: ltx for the stanza, fast-xml-parser for its payload. */
export async function measure(): Promise<void> {
  const stanza = await realStanza();
  const payload = payloadOf(stanza);
  const rounds = 15;
  const count = 200;
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const a = time(count, () => parseNotificationStanza(stanza));
    const b = time(count, () => {
      parseWithLtx(stanza);
      new XMLParser({ parseTagValue: false, htmlEntities: true }).parse(payload);
    });
    if (round === 0) continue;
    ours.push(a);
    bare.push(b);
  }
  const perSecond = count / (median(ours) / 1000);
  const ratio = median(ours) / median(bare);
  report(
    `notification of ${(stanza.length / 1000).toFixed(1)} kB → model`,
    `${perSecond.toFixed(0)}/s`,
    `bare libraries ${(count / (median(bare) / 1000)).toFixed(0)}/s`,
    `${ratio.toFixed(2)}× their time`,
    "≥ 900/s and ≤ 1.3×",
    perSecond >= 900 && ratio <= 1.3,
  );
}

function time(count: number, work: () => void): number {
  const started = performance.now();
  for (let turn = 0; turn < count; turn++) work();
  return performance.now() - started;
}

/** The message that the simulator publishes for a routed call with its usual sixty variables. */
async function realStanza(): Promise<string> {
  const simulator = await startSimulator({ seed: 1, knobs: { eventDelay: 0 } });
  try {
    const published = new Promise<string>((resolve) => {
      simulator.control.filterPublications((publication) => {
        if (publication.xml.includes("<Dialog>")) resolve(publication.xml);
        return [publication];
      });
    });
    const signedIn = await fetch(`${simulator.nodes[0]?.rest}/finesse/api/User/1001`, {
      method: "PUT",
      headers: { "Content-Type": "application/xml", Authorization: `Basic ${btoa("1001:secret")}` },
      body: "<User><state>LOGIN</state><extension>2001</extension></User>",
      tls: { ca: simulator.caPem },
    });
    if (signedIn.status !== 202) throw new Error(`the simulator answers ${signedIn.status} to the sign-in`);
    simulator.control.forceState("1001", "READY");
    simulator.control.call({ agent: "1001", from: "5551234" });
    const escaped = (await published)
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;");
    return (
      `<message xmlns="jabber:client" from="pubsub.localhost" to="1001@localhost" id="x">` +
      `<event xmlns="http://jabber.org/protocol/pubsub#event"><items node="/finesse/api/User/1001/Dialogs"><item id="1">` +
      `<notification xmlns="http://jabber.org/protocol/pubsub">${escaped}</notification></item></items></event></message>`
    );
  } finally {
    await simulator.stop();
  }
}

function payloadOf(stanza: string): string {
  const text = /<notification[^>]*>([\s\S]*)<\/notification>/.exec(stanza)?.[1] ?? "";
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function parseWithLtx(text: string): void {
  const parser = new Parser();
  parser.write(text);
  parser.end();
}
