import { useEffect, useSyncExternalStore } from "react";
import { Rows } from "../panels/rows.tsx";
import type { LogDesk, LogPlace } from "./log-desk.ts";

export interface LogPaneProps extends LogPlace {
  desk: LogDesk;
  colours: boolean;
}

/** The event log where it stands on the screen: exactly `rows` lines. While it is focused the desk takes its keys. */
export function LogPane({ desk, colours, ...place }: LogPaneProps) {
  useSyncExternalStore(desk.subscribe, desk.version);
  const { focused } = place;
  useEffect(() => {
    desk.attend(focused);
    return () => desk.attend(false);
  }, [desk, focused]);
  return <Rows rows={desk.draw(place)} colours={colours} />;
}
