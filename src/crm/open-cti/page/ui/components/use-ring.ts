import { useEffect, useRef } from "react";
import { type CallView, whoIs } from "../calls.ts";
import { words } from "../words.ts";
import { actionId } from "./call-actions.tsx";
import { usePhone } from "./context.ts";

/** A call that rings is not to be missed: title, panel, and the focus on its answer, except under the hands of somebody who writes. */
export function useRing(ringing: CallView | undefined, onRing: () => void): void {
  const { phone } = usePhone();
  const told = useRef(onRing);
  useEffect(() => {
    told.current = onRing;
  });
  const who = ringing === undefined ? undefined : whoIs(ringing);
  useEffect(() => {
    document.title = who === undefined ? words.title : words.titleRinging(who);
  }, [who]);
  const callObject = ringing?.callObject;
  useEffect(() => {
    if (callObject === undefined) return;
    told.current();
    phone.ring();
    if (!isWriting()) document.getElementById(actionId("answer", callObject))?.focus();
  }, [callObject, phone]);
}

export function isWriting(): boolean {
  const { activeElement } = document;
  return activeElement instanceof HTMLTextAreaElement || activeElement instanceof HTMLInputElement;
}
