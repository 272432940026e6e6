import { Box, useWindowSize } from "ink";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { Clock } from "../platform/clock.ts";
import type { ConsoleApp } from "./app.ts";
import { allKeys } from "./keys/all-keys.ts";
import { guideRow } from "./guide/guide.ts";
import { keysFor } from "./keys/match.ts";
import { LadderPane } from "./ladder/ladder-pane.tsx";
import { byMouse } from "./mouse/by-mouse.ts";
import type { MouseReports } from "./mouse/reports.ts";
import { type Margins, targetAt } from "./mouse/target.ts";
import { LogPane } from "./log/log-pane.tsx";
import { OverlayDesk } from "./overlays/desk.ts";
import type { OverlaySight } from "./overlays/contract.ts";
import { OverlayHost } from "./overlays/overlay-host.tsx";
import { useOverlayKeys } from "./overlays/use-overlay-keys.ts";
import { fitRow, type Row } from "./overlays/cells.ts";
import { press } from "./press.ts";
import { bannerRows } from "./panels/banner.ts";
import { callsPanel } from "./panels/calls.ts";
import { flashRows, footerRow } from "./panels/footer.ts";
import { headerRows } from "./panels/header.ts";
import { incomingRows } from "./panels/incoming.ts";
import { crmPanel, queuesPanel, teamPanel } from "./panels/lists.ts";
import { hintsOf, placesOf } from "./panels/places.ts";
import { Rows } from "./panels/rows.tsx";
import { ownAgent } from "./store/reduce.ts";
import type { ConsoleState } from "./store/state.ts";
import { words } from "./words.ts";

const smallest = { columns: 40, rows: 10 };

export interface ScreenProps {
  app: ConsoleApp;
  clock: Clock;
  colours: boolean;
  /** What the sign-in form begins with. */
  signIn: OverlaySight["signIn"];
  /** What the mouse does, where it is wanted. */
  mouse?: MouseReports;
  /** With the line that says what to press next. */
  guide?: boolean;
}

/** The whole screen: exactly as many lines as the terminal has. */
export function Screen({ app, clock, colours, signIn, mouse, guide = false }: ScreenProps) {
  const state = useSyncExternalStore(app.store.subscribe, app.store.shown);
  const size = useWindowSize();
  const now = useSeconds(clock);
  const desk = useMemo(() => new OverlayDesk(), []);
  const sight = (): OverlaySight => ({
    state: app.store.now,
    table: allKeys,
    now: clock.now(),
    signIn: app.lastSignIn ?? signIn,
    several: undefined,
  });
  useEffect(() => {
    app.store.act({ type: "size", ...size });
  }, [app, size]);
  useOverlayKeys({
    desk,
    sight,
    onIntent: (intent) => app.perform(intent),
    onKey: (key) => press(app, key),
    onPaste: (text) => {
      if (app.log.paste(text)) return;
      // A number pasted without further ado is one to be called.
      press(app, keyFor("dial", app.store.now));
      if (app.store.now.overlays.length > 0)
        for (const intent of desk.paste(text, sight())) app.perform(intent);
    },
  });

  const margins = useRef<Margins>({ top: 0, bottom: 0 });
  useEffect(
    () =>
      mouse?.listen((report) => {
        const now = app.store.now;
        // What was switched off a moment ago may still be told of.
        if (!now.options.mouse) return;
        if (now.overlays.length === 0)
          return byMouse(app, report, targetAt(report, now, allKeys, margins.current));
        if (report.kind !== "click")
          for (const intent of desk.press(report.kind === "wheel-up" ? "up" : "down", sight()))
            app.perform(intent);
      }),
    [app, mouse, desk],
  );

  const { columns, rows } = size;
  if (columns < smallest.columns || rows < smallest.rows)
    return (
      <Rows
        rows={[fitRow([{ text: words.tooSmall(smallest.columns, smallest.rows) }], columns)]}
        colours={colours}
      />
    );
  const top = [
    ...headerRows(state, now, columns),
    ...bannerRows(state, now, columns),
    ...incomingRows(state, now, columns),
  ];
  const bottom = [
    ...(guide ? [guideRow(state, app.tried, columns)] : []),
    ...flashRows(state, now, columns),
    footerRow(state, allKeys, columns),
  ];
  margins.current = { top: top.length, bottom: bottom.length };
  const body = Math.max(0, rows - top.length - bottom.length);
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Rows rows={top} colours={colours} />
      <Body app={app} state={state} now={now} columns={columns} rows={body} colours={colours} />
      <Rows rows={bottom} colours={colours} />
      <OverlayHost
        desk={desk}
        sight={{ ...sight(), state, now }}
        columns={columns}
        rows={rows - bottom.length}
        colours={colours}
      />
    </Box>
  );
}

interface BodyProps {
  app: ConsoleApp;
  state: ConsoleState;
  now: number;
  columns: number;
  rows: number;
  colours: boolean;
}

function Body({ app, state, now, columns, rows, colours }: BodyProps) {
  const list = (lines: readonly Row[]) => <Rows rows={lines} colours={colours} />;
  const log = (across: number, down: number, focused: boolean) => (
    <LogPane desk={app.log} columns={across} rows={down} focused={focused} now={now} colours={colours} />
  );
  switch (state.view) {
    case "log":
      return log(columns, rows, true);
    case "ladder":
      return <LadderPane desk={app.ladder} columns={columns} rows={rows} now={now} colours={colours} />;
    case "team":
      return list(teamPanel(state, now, columns, rows));
    case "queues":
      return list(queuesPanel(state, now, columns, rows));
    case "crm":
      return list(crmPanel(state, now, columns, rows));
    case "work": {
      const inLog = state.focus === "log";
      const { calls, log: events } = placesOf(state, columns, rows);
      if (calls === undefined || events === undefined) return null;
      if (events.left > 0)
        return (
          <Box height={rows}>
            <Box width={events.left} flexShrink={0}>
              {list(workPanel(state, now, calls.columns, rows))}
            </Box>
            <Box width={events.columns} flexShrink={0} flexDirection="column">
              {log(events.columns, rows, inLog)}
            </Box>
          </Box>
        );
      return (
        <>
          {list(workPanel(state, now, columns, calls.rows))}
          {log(columns, events.rows, inLog)}
        </>
      );
    }
  }
}

/** The calls; before anybody is signed in what to do. */
function workPanel(state: ConsoleState, now: number, columns: number, rows: number): Row[] {
  if (ownAgent(state) !== undefined) return callsPanel(state, now, columns, rows);
  const lines = hintsOf(state).map((text): Row => fitRow([{ text: `  ${text}` }], columns));
  return Array.from({ length: rows }, (_, index) => lines[index - 1] ?? []);
}

function keyFor(id: string, state: ConsoleState): string {
  const action = allKeys.find((each) => each.id === id);
  return action === undefined ? "" : (keysFor(action, state)[0] ?? "");
}

/** The time, anew at every full second. */
function useSeconds(clock: Clock): number {
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    let cancel = () => {};
    const tick = (): void => {
      cancel = clock.after(1000 - (clock.now() % 1000), () => {
        setNow(clock.now());
        tick();
      });
    };
    tick();
    return () => cancel();
  }, [clock]);
  return now;
}
