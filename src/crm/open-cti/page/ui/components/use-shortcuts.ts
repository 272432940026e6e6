import { useEffect, useRef } from "react";
import { type CallAction, actionRow, commandFor, whyNotCall, whyNotReady, whyNotWrapUp } from "../actions.ts";
import { type CallView, isRinging, mainCall, writtenCall } from "../calls.ts";
import { type Shortcut, shortcutAt } from "../shortcuts.ts";
import type { Softphone } from "../softphone.ts";
import type { Panel } from "./call-actions.tsx";
import { usePhone } from "./context.ts";
import { isWriting } from "./use-ring.ts";

interface Sight {
  views: readonly CallView[];
  panel: { call: string; panel: Panel } | undefined;
  setMenu: (open: boolean) => void;
  setHelp: (open: boolean) => void;
  setPanel: (panel: { call: string; panel: Panel } | undefined) => void;
}

/** Keys that work wherever the focus is: with Alt, so that nobody who types does by accident. */
export function useShortcuts(sight: Sight): void {
  const { phone } = usePhone();
  const now = useRef(sight);
  useEffect(() => {
    now.current = sight;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const shortcut = shortcutAt(event, isWriting());
      if (shortcut === undefined) return;
      event.preventDefault();
      perform(shortcut, now.current, phone);
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [phone]);
}

function perform(
  shortcut: Shortcut,
  { views, panel, setMenu, setHelp, setPanel }: Sight,
  phone: Softphone,
): void {
  const state = phone.store.get();
  const main = mainCall(views);
  const written = writtenCall(views);
  const focus = (id: string): void => document.getElementById(id)?.focus();
  switch (shortcut) {
    case "help":
      return setHelp(true);
    case "state":
      return setMenu(true);
    case "dial":
      return focus("dial");
    case "ready":
      if (whyNotReady(state) === undefined) phone.command("state", { verb: "ready" });
      return;
    case "close":
      return setPanel(undefined);
    case "notes":
      if (written === undefined) return;
      focus(`notes-${written.call.id}`);
      return setPanel({ call: written.call.id, panel: "notes" });
    case "wrap-up":
      if (written !== undefined && whyNotWrapUp(written.call, state) === undefined)
        setPanel({ call: written.call.id, panel: "wrap-up" });
      return;
    default: {
      const meant = main === undefined ? undefined : actionMeant(shortcut, main, views);
      if (meant === undefined) return;
      const { view, action } = meant;
      if (whyNotCall(action, view.call, state) !== undefined) return;
      const command = commandFor(action, view.call, state.page?.session?.calls ?? []);
      if (command !== undefined) phone.command(`call:${view.call.id}`, command);
      else if (action === "consult" || action === "transfer" || action === "tones")
        setPanel(
          panel?.call === view.call.id && panel.panel === action
            ? undefined
            : { call: view.call.id, panel: action },
        );
    }
  }
  function actionMeant(
    key: Extract<Shortcut, "answer" | "hold" | "consult" | "transfer" | "conference" | "tones" | "drop">,
    first: CallView,
    all: readonly CallView[],
  ): { view: CallView; action: CallAction } | undefined {
    // While a second call rings, everything but answering is meant for the call that is talked on.
    const talking = all.find(({ call }) => !isRinging(call) && call.actions.length > 0);
    const view = key === "answer" ? first : isRinging(first.call) && talking !== undefined ? talking : first;
    const row = actionRow(view.call, state);
    const action = row.find(
      (one) =>
        one === key || (key === "hold" && one === "retrieve") || (key === "transfer" && one === "complete"),
    );
    return action === undefined ? undefined : { view, action };
  }
}
