import type { KeyAction } from "../keys/contract.ts";
import type { ConsoleState, Intent, Overlay } from "../store/state.ts";
import type { Row } from "./cells.ts";

/** All that overlays look at. */
export interface OverlaySight {
  state: ConsoleState;
  /** Every view's keys, the log's and the ladder's too. */
  table: readonly KeyAction[];
  /** Milliseconds since the epoch. */
  now: number;
  /** What the sign-in form begins with. */
  signIn: { agent: string | undefined; extension: string | undefined };
  /** Several wrap-up reasons a call (UCCX); `undefined`: not known. */
  several: boolean | undefined;
}

/** What came of a key. */
export interface Reply<State> {
  state: State;
  /** In this order; after the overlay has closed, where it does. */
  intents?: readonly Intent[];
  close?: boolean;
}

/** Rows and columns inside the border, hint line excluded. */
export interface BodySize {
  columns: number;
  rows: number;
}

export interface Drawing {
  title: string;
  /** At most as many as there is room for; longer rows are cut. */
  rows: readonly Row[];
  /** The keys that matter here. */
  hint: string;
  /** Why Enter does nothing now; stands in place of the hint. */
  why?: string | undefined;
  /** Something that cannot be undone. */
  warn?: boolean;
}

/** One kind of overlay: pure, its state is its own and nobody else's. */
export interface OverlayKind<Kind extends Overlay["kind"], State> {
  open: (overlay: Overlay & { kind: Kind }, sight: OverlaySight) => State;
  press: (state: State, key: string, sight: OverlaySight, overlay: Overlay & { kind: Kind }) => Reply<State>;
  /** Without it a paste is ignored. */
  paste?: (
    state: State,
    text: string,
    sight: OverlaySight,
    overlay: Overlay & { kind: Kind },
  ) => Reply<State>;
  /** Rows wanted, border, title and hint aside; as many as there are when absent. */
  height?: (
    state: State,
    sight: OverlaySight,
    overlay: Overlay & { kind: Kind },
    /** Inside the border. */
    columns: number,
  ) => number;
  draw: (state: State, sight: OverlaySight, size: BodySize, overlay: Overlay & { kind: Kind }) => Drawing;
}

/** The same state, nothing asked. */
export function stay<State>(state: State): Reply<State> {
  return { state };
}

export function closing<State>(state: State, ...intents: Intent[]): Reply<State> {
  return { state, close: true, intents };
}
