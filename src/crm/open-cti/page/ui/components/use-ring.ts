import { useEffect, useRef } from "react";
import { type CallView, whoIs } from "../calls.ts";
import { words } from "../words.ts";
import { actionId } from "./call-actions.tsx";
import { usePhone } from "./context.ts";

/**
 * A call that rings is not to be missed: title, panel, and the focus on its answer, except under the hands of somebody who writes. `covered`:
 * something lies over the calls; `uncover` takes it away.
 */
export function useRing(ringing: CallView | undefined, covered: boolean, uncover: () => void): void {
  const { phone } = usePhone();
  const took = useRef(uncover);
  const writes = useRef(false);
  useEffect(() => {
    took.current = uncover;
  });
  const who = ringing === undefined ? undefined : whoIs(ringing);
  useEffect(() => {
    document.title = who === undefined ? words.title : words.titleRinging(who);
  }, [who]);
  const callObject = ringing?.callObject;
  useEffect(() => {
    if (callObject === undefined) return;
    writes.current = isWriting();
    took.current();
    phone.ring();
  }, [callObject, phone]);
  useEffect(() => {
    // Who wrote a moment ago may press Enter in the next.
    if (callObject !== undefined && !covered && !writes.current)
      document.getElementById(actionId("answer", callObject))?.focus();
  }, [callObject, covered]);
}

export function isWriting(): boolean {
  const { activeElement } = document;
  return activeElement instanceof HTMLTextAreaElement || activeElement instanceof HTMLInputElement;
}
