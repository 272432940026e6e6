import { join } from "node:path";
import type { Agent, ReasonCode } from "../../../src/model/agent.ts";
import type { Call } from "../../../src/model/call.ts";
import type { AgentStatus } from "../../../src/control/contract.ts";
import { keyTable } from "../../../src/console/keys/table.ts";
import type { OverlaySight } from "../../../src/console/overlays/contract.ts";
import { OverlayDesk } from "../../../src/console/overlays/desk.ts";
import { OverlayHost } from "../../../src/console/overlays/overlay-host.tsx";
import { useOverlayKeys } from "../../../src/console/overlays/use-overlay-keys.ts";
import { initialState, reduce } from "../../../src/console/store/reduce.ts";
import type { ConsoleState, Intent, Overlay } from "../../../src/console/store/state.ts";
import { Box, Text, useWindowSize } from "ink";
import { useEffect, useReducer } from "react";
import { ComponentStage, type ComponentOptions } from "../../terminal/component.ts";

export const noon = Date.parse("2026-03-04T12:00:00Z");

export function callWith(more: Partial<Call> = {}): Call {
  return {
    id: "16804377",
    interaction: "i1",
    parent: undefined,
    direction: "in",
    type: "ACD_IN",
    state: "ACTIVE",
    dialogState: "ACTIVE",
    cause: undefined,
    party: "5551234",
    customer: "5551234",
    from: "5551234",
    to: "2001",
    dialedNumber: "5559000",
    queue: { number: "1", name: "Sales" },
    startedAt: undefined,
    stateSince: undefined,
    actions: ["HOLD", "DROP", "CONSULT_CALL", "TRANSFER_SST", "UPDATE_CALL_DATA", "SEND_DTMF"],
    participants: [],
    variables: { callVariable1: "4711", "user.order": "A 17", BACampaign: "spring" },
    wrapUpReasons: [],
    secondaryId: undefined,
    callKey: "152-17",
    ...more,
  };
}

export function agentWith(more: Partial<Agent> = {}): Agent {
  return {
    id: "1001",
    loginName: "anna",
    firstName: "Anna",
    lastName: "Bell",
    roles: ["Agent"],
    extension: "2001",
    state: "TALKING",
    stateChangeTime: undefined,
    pendingState: undefined,
    reasonCodeId: undefined,
    reason: undefined,
    team: undefined,
    teams: [],
    wrapUpOnIncoming: undefined,
    wrapUpOnOutgoing: undefined,
    wrapUpTimer: undefined,
    mobileAgent: undefined,
    activeDeviceId: undefined,
    unknown: {},
    ...more,
  };
}

export function statusWith(calls: Call[], more: Partial<AgentStatus> = {}): AgentStatus {
  return {
    agent: "1001",
    extension: "2001",
    link: { state: "connected", since: "2026-03-04T11:00:00Z", node: "fina:8445" },
    service: "in-service",
    state: agentWith(),
    calls,
    shared: [],
    unattended: { then: "not-ready", after: 60, leases: [] },
    finesse: ["https://fina:8445"],
    insecure: false,
    ...more,
  };
}

function reason(id: string, label: string, more: Partial<ReasonCode> = {}): ReasonCode {
  return { id, label, category: "NOT_READY", code: `1${id}`, forAll: true, systemCode: false, ...more };
}

/** Somebody on a call, with everything read that overlays choose from. */
export function stateWith(more: Partial<ConsoleState> = {}, calls: Call[] = [callWith()]): ConsoleState {
  const options = {
    theme: "auto" as const,
    mouse: false,
    bell: true,
    notifications: true,
    keys: {},
    readOnly: false,
  };
  return {
    ...initialState("default", options),
    link: { state: "connected" },
    agent: "1001",
    connector: {
      version: "0",
      agents: [statusWith(calls), statusWith([], { agent: "1002", extension: "2002", state: undefined })],
      adapters: [],
      deliveries: { owed: 0, missed: 0 },
    },
    reasons: {
      notReady: [
        reason("1", "Lunch"),
        reason("2", "Team Meeting"),
        reason("3", "Café"),
        reason("4", "Connection Failure", { systemCode: true }),
      ],
      logout: [reason("5", "End of shift", { category: "LOGOUT" })],
      wrapUp: [
        { id: "11", label: "Sales", forAll: true },
        { id: "12", label: "Order status", forAll: true },
        { id: "13", label: "Complaint", forAll: true },
      ],
    },
    phoneBook: [
      {
        firstName: "Jürgen",
        lastName: "Groß",
        number: "+49 (30) 123-45",
        description: undefined,
        book: "Berlin",
        bookType: "GLOBAL",
      },
      {
        firstName: "דנה",
        lastName: "כהן",
        number: "03-5551000",
        description: "Tel Aviv",
        book: "World",
        bookType: "GLOBAL",
      },
      {
        firstName: "山田",
        lastName: "太郎",
        number: "81 3 5550000",
        description: "東京支店",
        book: "World",
        bookType: "GLOBAL",
      },
      {
        firstName: "Broken",
        lastName: "Entry",
        number: "",
        description: undefined,
        book: "World",
        bookType: "TEAM",
      },
    ],
    numbers: {
      dialled: ["5557777"],
      called: [
        { number: "5551234", at: noon, answered: true },
        { number: "5558888", at: noon, answered: false },
      ],
    },
    team: {
      error: undefined,
      at: noon,
      value: {
        id: "t",
        name: "Sales",
        members: [
          { ...agentWith(), mediaState: undefined },
          {
            ...agentWith({
              id: "1002",
              firstName: "Bob",
              lastName: "Cole",
              extension: "2002",
              state: "READY",
            }),
            mediaState: undefined,
          },
        ],
      },
    },
    commandLines: ["dial 5551234", "not-ready Lunch"],
    ...more,
  };
}

export function sightWith(state: ConsoleState = stateWith(), more: Partial<OverlaySight> = {}): OverlaySight {
  return {
    state,
    table: keyTable,
    now: noon,
    signIn: { agent: undefined, extension: undefined },
    several: undefined,
    ...more,
  };
}

/** A desk with an overlay open, typed at without a terminal; what it asks for is done to the state as the console would. */
export class Typist {
  readonly desk = new OverlayDesk();
  readonly intents: Intent[] = [];
  sight: OverlaySight;

  constructor(overlay: Overlay, sight: OverlaySight = sightWith()) {
    this.sight = { ...sight, state: { ...sight.state, overlays: [overlay] } };
  }

  press(...keys: string[]): this {
    for (const key of keys) this.desk.press(key, this.sight).forEach(this.take);
    return this;
  }

  type(text: string): this {
    return this.press(...[...text].map((character) => (character === " " ? "space" : character)));
  }

  paste(text: string): this {
    this.desk.paste(text, this.sight).forEach(this.take);
    return this;
  }

  /** What is asked of the console, the closing aside. */
  get asked(): Intent[] {
    return this.intents.filter((intent) => intent.do !== "back" && intent.do !== "line");
  }

  get isOpen(): boolean {
    return this.sight.state.overlays.length > 0;
  }

  /** What is drawn, as text. */
  drawn(columns = 76, rows = 18): string[] {
    const overlay = this.sight.state.overlays.at(-1);
    if (overlay === undefined) return [];
    const { title, rows: body, hint } = this.desk.of(overlay, this.sight).draw(this.sight, { columns, rows });
    return [
      title,
      ...body.map((row) =>
        row
          .map(({ text }) => text)
          .join("")
          .trimEnd(),
      ),
      hint,
    ];
  }

  /** Why Enter does nothing now. */
  get why(): string | undefined {
    const overlay = this.sight.state.overlays.at(-1);
    if (overlay === undefined) return undefined;
    return this.desk.of(overlay, this.sight).draw(this.sight, { columns: 76, rows: 18 }).why;
  }

  readonly take = (intent: Intent): void => {
    this.intents.push(intent);
    const state = reduce(this.sight.state, { type: "intent", intent, now: noon });
    this.sight = { ...this.sight, state };
  };
}

/** The same before a terminal. */
export function onScreen(typist: Typist, options: ComponentOptions = {}): ComponentStage {
  return new ComponentStage(<Console typist={typist} />, {
    ...options,
    screens: join(import.meta.dir, "screens"),
  });
}

function Console({ typist }: { typist: Typist }) {
  const { columns, rows } = useWindowSize();
  const [, again] = useReducer((count: number) => count + 1, 0);
  const [ready, listen] = useReducer(() => true, false);
  useEffect(listen, []);
  useOverlayKeys({
    desk: typist.desk,
    sight: () => typist.sight,
    onIntent: (intent) => {
      typist.take(intent);
      again();
    },
    onKey: () => undefined,
  });
  return (
    <Box width={columns} height={rows} flexDirection="column">
      {Array.from({ length: rows }, (_, row) => (
        <Text key={row}>{(row === 0 && ready ? "view" : "····").padEnd(columns, "·")}</Text>
      ))}
      <OverlayHost desk={typist.desk} sight={typist.sight} columns={columns} rows={rows} />
    </Box>
  );
}
