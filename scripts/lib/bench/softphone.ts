import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CtiEvent } from "../../../src/model/events.ts";
import { type Browser, openBrowser } from "../../../test/browser/browser.ts";
import { hasChromium } from "../../../test/browser/launch.ts";
import type { Tab } from "../../../test/browser/tab.ts";
import { type TestCertificate, testCertificate } from "../../../test/finesse/certificates.ts";
import { freePorts } from "../../../test/interop/servers/server.ts";
import { openStage, type Stage } from "../stage.ts";
import { controlApi } from "./finesse.ts";
import { quantile, report } from "./report.ts";

const calls = 250;
/** Of the callers' numbers: seven digits that are nowhere else on the page. */
const firstNumber = 7_000_000;

/**
 * How long after Finesse's own time stamp a ringing call is painted in the softphone page, beside the same JSON that a bare `Bun.serve` pushes over
 * its WebSocket into a page which puts the number into a text: in turn, in two windows of one Chromium, over TLS with one certificate.
 */
export async function measure(root: string): Promise<void> {
  if (!hasChromium) return;
  const certificate = testCertificate({ names: ["127.0.0.1"] });
  const stage = await openStage(root, { simulatorArgs: ["--event-delay", "0"] });
  const office = await openOffice(stage, certificate);
  const browser = await openBrowser({ trust: [certificate.cert] });
  const bare = serveBare(certificate);
  try {
    const page = await signIn(browser, office.url);
    const yardstick = await browser.open(bare.url, undefined, true);
    await yardstick.until("ready");
    for (const tab of [page, yardstick]) {
      await tab.inject(painter);
      if (await tab.evaluate(() => document.hidden)) throw new Error("a hidden window paints nothing");
    }
    await stage.sim("knobs", { deliverAfter: 0 });
    const times = await measureCalls({ stage, office, page, yardstick, bare });
    const shown = (samples: readonly number[]): string =>
      `p50 ${quantile(samples, 0.5).toFixed(1)} ms, p99 ${quantile(samples, 0.99).toFixed(1)} ms`;
    const p99 = quantile(times.ours, 0.99);
    const ratio = quantile(times.ours, 0.5) / quantile(times.bare, 0.5);
    report(
      "a ringing call, Finesse's event → painted in the page",
      shown(times.ours),
      `in the journal ${shown(times.journaled)}; a bare WebSocket → painted ${shown(times.bare)} (${times.ours.length} calls)`,
      `${ratio.toFixed(2)}× at p50, ${(p99 / quantile(times.bare, 0.99)).toFixed(2)}× at p99`,
      "p99 ≤ 200 ms",
      p99 <= 200,
    );
  } finally {
    await browser.close();
    await bare.end();
    await office.end();
    await stage.end();
  }
}

/** In a page: `painted(number)` resolves with the time, milliseconds since the epoch, after the frame in which the number stood there first. */
const painter = `(() => {
  const times = new Map();
  const waiting = new Map();
  const seen = new Set();
  globalThis.painted = (number) => new Promise((resolve) => {
    if (times.has(number)) resolve(times.get(number));
    else waiting.set(number, resolve);
  });
  new MutationObserver(() => {
    const number = /7\\d{6}/.exec(document.body.textContent)?.[0];
    if (number === undefined || seen.has(number)) return;
    seen.add(number);
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        const at = performance.timeOrigin + performance.now();
        times.set(number, at);
        waiting.get(number)?.(at);
      };
      port2.postMessage(undefined);
    });
  }).observe(document, { subtree: true, childList: true, characterData: true });
})()`;

declare const painted: (number: string) => Promise<number>;
declare const document: { hidden: boolean };

interface Places {
  stage: Stage;
  office: Office;
  page: Tab;
  yardstick: Tab;
  bare: ReturnType<typeof serveBare>;
}

async function measureCalls({ stage, office, page, yardstick, bare }: Places) {
  const ours: number[] = [];
  const theirs: number[] = [];
  const journaled: number[] = [];
  const abort = new AbortController();
  let told: (event: CtiEvent & { type: "call.started" }) => void = () => {};
  const following = office.api.follow(abort.signal, (event) => {
    if (event.type === "call.started") told(event);
  });
  const frames = page.socketFrames();
  for (let index = 0; index < calls; index++) {
    const number = String(firstNumber + index);
    const started = new Promise<CtiEvent & { type: "call.started" }>((resolve) => (told = resolve));
    const seen = page.evaluate((number) => painted(number), number);
    await stage.sim("call", { agent: "1001", from: number });
    const [event, at] = await Promise.all([started, seen]);
    const published = Date.parse(event.call.startedAt ?? "");
    await stage.sim("hangup", {});
    await stage.sim("force-state", { agent: "1001", state: "READY" });
    const state = frames.find((frame) => frame.includes(number)) ?? "";
    frames.length = 0;
    const there = yardstick.evaluate((number) => painted(number), number);
    const sent = bare.push(state);
    const bareAt = await there;
    await page.until({ role: "button", name: "Ready" });
    // Not always at the same moment of a frame, nor within the tenth of a second in which states are gathered.
    await Bun.sleep(150 + Math.random() * 100);
    // The first calls warm everything up.
    if (index < 20) continue;
    ours.push(at - published);
    theirs.push(bareAt - sent);
    journaled.push(Date.parse(event.at) - published);
  }
  abort.abort();
  await following;
  return { ours, bare: theirs, journaled };
}

interface Office {
  url: string;
  api: ReturnType<typeof controlApi>;
  end(): Promise<void>;
}

async function openOffice(stage: Stage, { cert, key }: TestCertificate): Promise<Office> {
  const [port = 0] = await freePorts(1);
  const folder = join(stage.folder, "config/cti");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, text: string): void =>
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  write("cert.pem", cert);
  write("key.pem", key);
  write(
    "config.toml",
    `[profiles.default.adapters.open-cti]\nlisten = "127.0.0.1:${port}"\nsign-in = "page"\ncert = "cert.pem"\nkey = "key.pem"\n`,
  );
  const { CTI_PASSWORD: _password, ...env } = stage.env;
  const worker = Bun.spawn([stage.cti, "serve", "--quiet"], { env, stdio: ["ignore", "ignore", "inherit"] });
  const api = controlApi(stage);
  await api.up();
  while ((await api.status()).adapters[0]?.state !== "up") await Bun.sleep(20);
  return {
    url: `https://127.0.0.1:${port}/softphone`,
    api,
    end: async () => {
      worker.kill("SIGTERM");
      await worker.exited;
    },
  };
}

async function signIn(browser: Browser, url: string): Promise<Tab> {
  const page = await browser.open(url);
  await page.fill({ role: "textbox", name: "Agent" }, "1001");
  await page.fill({ role: "textbox", name: "Extension" }, "2001");
  await page.fill({ role: "textbox", name: "Password" }, "secret");
  await page.press("enter");
  await page.until({ role: "button", name: "Not ready" });
  await page.press("alt+r");
  await page.until({ role: "button", name: "Ready" });
  return page;
}

/** Pushes what it is given to the one page there is. */
function serveBare({ cert, key }: TestCertificate) {
  const page = `<!doctype html><html lang="en"><title>Yardstick</title><p id="out"></p><script>
const socket = new WebSocket("wss://" + location.host + "/");
socket.addEventListener("open", () => { out.textContent = "ready"; });
socket.addEventListener("message", ({ data }) => { out.textContent = JSON.parse(data).state.session.calls[0].from; });
</script></html>`;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: { cert, key },
    fetch: (request, serving) =>
      serving.upgrade(request) ? undefined : new Response(page, { headers: { "Content-Type": "text/html" } }),
    websocket: { open: (socket) => void socket.subscribe("all"), message: () => {} },
  });
  return {
    url: `https://127.0.0.1:${server.port}/`,
    /** When it was sent, milliseconds since the epoch. */
    push(text: string): number {
      const at = performance.timeOrigin + performance.now();
      server.publish("all", text);
      return at;
    },
    end: () => server.stop(true),
  };
}
