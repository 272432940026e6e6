import { useEffect, useState } from "react";
import { whyNothing } from "../actions.ts";
import { isRinging, callViews, mainCall, whoIs } from "../calls.ts";
import { stateWord, words } from "../words.ts";
import { Banners } from "./banners.tsx";
import { CallCard } from "./call-card.tsx";
import type { Panel } from "./call-actions.tsx";
import { usePhone } from "./context.ts";
import { Icon } from "./icon.tsx";
import { DialBox } from "./dial-box.tsx";
import { Help } from "./help.tsx";
import { Recents } from "./recents.tsx";
import { SignIn } from "./sign-in.tsx";
import { StateBar } from "./state-bar.tsx";
import { Unattended } from "./unattended.tsx";
import { useRing } from "./use-ring.ts";
import { useShortcuts } from "./use-shortcuts.ts";
import { useSound } from "./use-sound.ts";

/** The whole page. */
export function App() {
  const { state } = usePhone();
  const [menu, setMenu] = useState(false);
  const [help, setHelp] = useState(false);
  const [signsIn, setSignsIn] = useState(false);
  const [panel, setPanel] = useState<{ call: string; panel: Panel } | undefined>();
  const session = state.page?.session;
  const views = callViews(state.page, state.contacts);
  const main = mainCall(views);
  const ringing = views.find(({ call }) => isRinging(call));
  const isIn = state.agent !== undefined && session !== undefined;
  const linked = session?.link.state;
  useEffect(() => {
    if (linked !== "conflict") setSignsIn(false);
  }, [linked]);
  const [sound, setSound] = useSound(ringing !== undefined && state.leads !== false);
  useRing(ringing, help || menu, () => {
    setHelp(false);
    setMenu(false);
  });
  useShortcuts({ views, setMenu, setHelp, panel, setPanel });
  const said =
    session?.state === undefined
      ? ""
      : [stateWord(session.state.state), session.state.reason?.label].filter(Boolean).join(", ");
  const rings =
    ringing === undefined
      ? ""
      : words.call.rings(whoIs(ringing), ringing.name === "" ? "" : ringing.number, ringing.queue);
  return (
    <>
      <p className="hidden" role="status">
        {said}
      </p>
      <p className="hidden" role="alert">
        {rings}
      </p>
      {isIn && <StateBar session={session} open={menu} setOpen={setMenu} />}
      <Banners onSignIn={() => setSignsIn(true)} />
      {isIn && !signsIn ? (
        <main className="work">
          <h1 className="hidden">{words.title}</h1>
          <section className="calls" aria-label={words.call.list}>
            {views.map((view) => (
              <CallCard
                key={view.callObject}
                view={view}
                isMain={view === main}
                panel={panel?.call === view.call.id ? panel.panel : undefined}
                setPanel={(next) =>
                  setPanel(next === undefined ? undefined : { call: view.call.id, panel: next })
                }
              />
            ))}
            {views.length === 0 && (
              <p className="quiet none">
                {session.state?.state === "READY" && whyNothing(state) === undefined
                  ? words.call.noneReady
                  : words.call.none}
              </p>
            )}
          </section>
          <div className="side">
            <DialBox />
            <Recents />
          </div>
        </main>
      ) : (
        <SignIn />
      )}
      <footer>
        {isIn && <Unattended policy={state.page?.unattended} />}
        <button
          type="button"
          className="bare"
          aria-pressed={sound}
          aria-label={words.sound.label}
          title={sound ? words.sound.on : words.sound.off}
          onClick={() => setSound(!sound)}
        >
          <Icon name={sound ? "bell" : "bellOff"} />
        </button>
        <button
          type="button"
          className="bare"
          aria-label={words.help.open}
          title={words.help.open}
          onClick={() => setHelp(true)}
        >
          ?
        </button>
      </footer>
      {help && <Help onClose={() => setHelp(false)} />}
    </>
  );
}
