import { createRoot } from "react-dom/client";
import { sessionPath } from "../protocol.ts";
import { after, isFramed, loadSforce, metaContent, openSocket, storage, takePairing } from "./browser.ts";
import { App } from "./components/app.tsx";
import { SoftphoneContext } from "./components/context.ts";
import { CrmSide } from "./crm-side.ts";
import { OpenCti } from "./open-cti.ts";
import { SavedLogs } from "./saved-logs.ts";
import { Softphone } from "./softphone.ts";
import { words } from "./words.ts";

/** Milliseconds for which the page waits for the org's script before it goes on without. */
const scriptPatience = 8_000;

const phone = new Softphone({
  open: openSocket,
  page: crypto.randomUUID(),
  pairing: takePairing(),
  isFocused: () => document.visibilityState === "visible" && document.hasFocus(),
  redeem: (ticket) => void redeem(ticket),
  now: Date.now,
  random: Math.random,
  after,
});

async function redeem(ticket: string): Promise<void> {
  // Without the cookie the page works all the same, until it is loaded anew.
  await fetch(sessionPath, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ticket }),
  }).catch(() => undefined);
}

/** Inside Salesforce the org's script comes first: the connector is told whether this page can open records. */
async function begin(): Promise<void> {
  const address = metaContent("cti-open-cti");
  if (address === undefined || !isFramed()) {
    phone.start(undefined);
    return;
  }
  const loading = loadSforce(address).then((sforce) => {
    const crm = new CrmSide({
      openCti: new OpenCti(sforce, after),
      saved: new SavedLogs(storage()),
      send: phone.sendSurely,
      clicked: (click) => phone.clicked(click),
      said: (text) => phone.say("crm", { tone: "error", text }),
    });
    void crm.begin();
    return crm;
  });
  const forget = after(scriptPatience, () => phone.start(undefined));
  try {
    phone.start(await loading);
  } catch {
    phone.say("crm", { tone: "warning", text: words.banner.noScript });
    phone.start(undefined);
  } finally {
    forget();
  }
}

/** What was closed for good stays closed until the person asks. */
const hurry = (): void => {
  if (phone.store.get().socket.phase === "lost") phone.retry();
};
/** The tab that the person turned to leads. */
const looked = (): void => {
  if (document.visibilityState !== "visible") return;
  phone.focused();
  hurry();
};
window.addEventListener("focus", looked);
document.addEventListener("visibilitychange", looked);
window.addEventListener("online", hurry);

const place = document.getElementById("softphone");
if (place !== null)
  createRoot(place).render(
    <SoftphoneContext value={phone}>
      <App />
    </SoftphoneContext>,
  );
void begin();
