import { createContext, useContext, useSyncExternalStore } from "react";
import type { Softphone } from "../softphone.ts";
import type { UiState } from "../state.ts";

export const SoftphoneContext = createContext<Softphone | undefined>(undefined);

/** What the page does and what it shows now. */
export function usePhone(): { phone: Softphone; state: UiState } {
  const phone = useContext(SoftphoneContext);
  if (phone === undefined) throw new Error("outside of the softphone");
  return { phone, state: useSyncExternalStore(phone.store.follow, phone.store.get) };
}
