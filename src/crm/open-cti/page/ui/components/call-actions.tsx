import { type CallAction, actionRow, commandFor, whyNotCall } from "../actions.ts";
import type { CallView } from "../calls.ts";
import { type Shortcut, shortcutOf } from "../shortcuts.ts";
import { words } from "../words.ts";
import { AbleButton } from "./able-button.tsx";
import { usePhone } from "./context.ts";
import { Icon, type IconName } from "./icon.tsx";
import { TargetField } from "./target-field.tsx";
import { TonePad } from "./tone-pad.tsx";

/** What is open beneath a call. */
export type Panel = "consult" | "transfer" | "tones" | "wrap-up" | "notes";

const labels: Record<CallAction, string> = {
  answer: words.call.answer,
  hold: words.call.hold,
  retrieve: words.call.retrieve,
  consult: words.call.consultAction,
  transfer: words.call.transfer,
  complete: words.call.complete,
  conference: words.call.conference,
  tones: words.call.tones,
  drop: words.call.drop,
};

const icons: Record<CallAction, IconName> = {
  answer: "handset",
  hold: "pause",
  retrieve: "play",
  consult: "consult",
  transfer: "transfer",
  complete: "complete",
  conference: "conference",
  tones: "keypad",
  drop: "hangUp",
};

const shortcuts: Record<CallAction, Shortcut> = {
  answer: "answer",
  hold: "hold",
  retrieve: "hold",
  consult: "consult",
  transfer: "transfer",
  complete: "transfer",
  conference: "conference",
  tones: "tones",
  drop: "drop",
};

interface CallActionsProps {
  view: CallView;
  panel: Panel | undefined;
  setPanel: (panel: Panel | undefined) => void;
}

/** What Finesse allows with a call now; the rest is there too, and says why not. */
export function CallActions({ view: { call, callObject }, panel, setPanel }: CallActionsProps) {
  const { phone, state } = usePhone();
  const calls = state.page?.session?.calls ?? [];
  const act = (action: CallAction): void => {
    const command = commandFor(action, call, calls);
    if (command !== undefined) {
      setPanel(undefined);
      phone.command(`call:${call.id}`, command);
    } else if (action === "consult" || action === "transfer" || action === "tones")
      setPanel(panel === action ? undefined : action);
  };
  const close = (): void => {
    setPanel(undefined);
    document.getElementById(actionId(panel, callObject))?.focus();
  };
  const dial = (verb: "consult" | "transfer", number: string): void => {
    close();
    phone.command(`call:${call.id}`, { verb, number, call: call.id });
  };
  return (
    <>
      <div className="actions" role="group" aria-label={words.call.actions}>
        {actionRow(call, state).map((action) => (
          <AbleButton
            key={action}
            id={actionId(action, callObject)}
            className={action}
            why={whyNotCall(action, call, state)}
            onPress={() => act(action)}
            onWhy={(why) => phone.say(`call:${call.id}`, { tone: "info", text: `${labels[action]}: ${why}` })}
            shortcut={shortcutOf(shortcuts[action])}
            {...(["consult", "transfer", "tones"].includes(action) && { expanded: panel === action })}
          >
            <Icon name={icons[action]} />
            <span>{labels[action]}</span>
          </AbleButton>
        ))}
      </div>
      {(panel === "consult" || panel === "transfer") && (
        <TargetField
          key={panel}
          purpose={panel}
          why={whyNotCall(panel, call, state)}
          onNumber={(number) => dial(panel, number)}
          onClose={close}
        />
      )}
      {panel === "tones" && <TonePad call={call} onClose={close} />}
    </>
  );
}

/** Where the keyboard finds an action of a call. */
export function actionId(action: string | undefined, callObject: string): string {
  return `${action ?? ""} ${callObject}`.replaceAll(/\s/g, "-");
}
