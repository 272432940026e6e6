import type { UnattendedAction } from "../../../../model/events.ts";
import { durationInWords, secondsInWords } from "../../../../words/time.ts";

/** Until the next try; one that is due is under way. */
const nextTry = (seconds: number): string => (seconds > 0 ? `next try in ${seconds} s` : "trying now");

/** What the page says, in one place. Symbols of states and timers come from src/words. */
export const words = {
  title: "Softphone",
  titleRinging: (who: string) => `◐ ${who} calls`,
  connecting: "Connecting…",
  close: "Close",
  dismiss: "Dismiss",
  loading: "Reading from Finesse…",
  nothingFound: "Nothing found",
  unknownNumber: "unknown number",

  states: {
    LOGIN: "Signing in",
    LOGOUT: "Signed out",
    NOT_READY: "Not ready",
    READY: "Ready",
    RESERVED: "Reserved",
    RESERVED_OUTBOUND: "Reserved",
    RESERVED_OUTBOUND_PREVIEW: "Preview",
    TALKING: "Talking",
    HOLD: "On hold",
    WORK: "Wrap-up",
    WORK_READY: "Wrap-up",
    UNKNOWN: "Unknown",
  } as Readonly<Record<string, string>>,

  callStates: {
    ALERTING: "Ringing",
    INITIATING: "Dialling",
    INITIATED: "Calling",
    ACTIVE: "Talking",
    HELD: "On hold",
    WRAP_UP: "Wrap-up",
    FAILED: "Failed",
    DROPPED: "Ended",
  } as Readonly<Record<string, string>>,

  causes: {
    BUSY: "busy",
    BAD_DESTINATION: "no such number",
  } as Readonly<Record<string, string>>,

  arrows: { in: "←", out: "→", internal: "↔" },
  directions: { in: "incoming", out: "outgoing", internal: "internal" },

  state: {
    change: "Change state",
    then: (state: string) => `then ${state}`,
    title: "Your state",
    find: "Find a state or reason",
    ready: "Ready",
    notReady: "Not ready",
    signOut: "Sign out",
    leave: "Leave this page, stay signed in",
    groupReady: "Take calls",
    groupNotReady: "Not ready, because…",
    groupSignOut: "Sign out, because…",
    groupPage: "This page",
    extension: (extension: string) => `ext ${extension}`,
    unknown: "State not known yet",
    stale: "last known",
    nobody: "Nobody is signed in",
  },

  whyNot: {
    offline: "no connection to the connector",
    noLink: "no link to Finesse",
    outOfService: "Finesse is out of service",
    signedOut: "sign in first",
    busy: "still under way",
    callFirst: "end the call first",
    alreadyReady: "you are ready",
    ringing: "the call rings: answer it first",
    answer: "this call does not ring",
    hold: "this call cannot be held now",
    retrieve: "this call cannot be resumed now",
    consult: "nobody can be asked from this call now",
    transfer: "this call cannot be transferred now",
    conference: "needs a second call: consult somebody first",
    tones: "this call takes no tones now",
    drop: "Finesse does not let this call be ended here now",
    over: "this call is over",
    notYet: "not connected yet",
    wrapUp: "no reasons can be given for this call now",
    onCall: "you are on a call: use Consult there",
    number: "type a number first",
  },

  call: {
    list: "Calls",
    none: "No calls",
    noneReady: "Waiting for the next call",
    consult: "consultation",
    queue: "Queue",
    dialed: "Dialled",
    participants: "Participants",
    you: "you",
    data: "Call data",
    written: "Notes, reason and data",
    detailsCount: (count: number) => `Details (${count})`,
    answer: "Answer",
    hold: "Hold",
    retrieve: "Resume",
    consultAction: "Consult",
    transfer: "Transfer",
    complete: "Hand over",
    conference: "Conference",
    tones: "Keypad",
    drop: "Hang up",
    with: (who: string) => `Call with ${who}`,
    rings: (who: string, number: string, queue: string) =>
      `${[`Call from ${who}`, number, queue].filter((part) => part !== "").join(", ")}`,
    actions: "What can be done with this call",
  },

  target: {
    consult: "Ask whom?",
    consultDo: "Ask",
    transfer: "Hand over to whom, without asking?",
    transferDo: "Transfer",
    find: "Number or name",
    cancel: "Cancel",
  },

  matches: {
    title: (count: number) => `${count} records match. Who is it?`,
    open: (type: string) => (type === "" ? "Open record" : `Open ${type}`),
    change: "Another record…",
  },

  tones: { title: "Tones", sent: "Sent", nothing: "nothing yet" },

  wrapUp: {
    title: "Wrap-up reason",
    pick: "Choose a reason",
    another: "Add another",
    none: "No wrap-up reasons are set up for you",
    find: "Find a reason",
  },

  notes: {
    label: "Notes",
    placeholder: "Saved as you write",
    saving: "saving…",
    saved: "✓ saved",
    waiting: "saved when the connection is back",
    typing: "not saved yet",
  },

  dial: {
    label: "Number or name",
    placeholder: "Number or name",
    call: "Call",
    pad: "Dial pad",
    will: (number: string) => `calls ${number}`,
    book: "Phone book",
    recent: "Recent",
    erase: "Erase last digit",
    suggestions: "Suggestions",
  },

  recent: {
    title: "Recent calls",
    none: "Calls that ended are listed here",
    callBack: (who: string) => `Call ${who} back`,
    missed: "missed",
    ago: (milliseconds: number) =>
      milliseconds < 60_000 ? "just now" : `${durationInWords(milliseconds)} ago`,
    notes: (who: string) => `Notes of the call with ${who}`,
  },

  signIn: {
    title: "Sign in to Finesse",
    agent: "Agent",
    extension: "Extension",
    password: "Password",
    submit: "Sign in",
    working: "Signing in…",
    note: "The password goes to Finesse and is kept nowhere.",
    pairingTitle: "Pair this page",
    pairing: "Pairing code",
    pairingNote: "Pages beside one agent are paired once, with a code that cti shows.",
    pairingSubmit: "Pair",
    pairingWorking: "Pairing…",
    missing: {
      agent: "Who signs in?",
      extension: "At which extension?",
      password: "The password is missing.",
      code: "Paste the code first.",
    },
    again: "Sign in again",
  },

  banner: {
    lost: (seconds: number) =>
      `No connection to the connector, ${nextTry(seconds)}. Calls go on; what is shown is the last that was known.`,
    retry: "Try now",
    version: "The connector has a newer page.",
    reload: "Reload",
    linkDown: (seconds: number | undefined, why: string) =>
      `No link to Finesse${seconds === undefined ? "" : `, ${nextTry(seconds)}`}${why === "" ? "." : `: ${why}`}`,
    linkConnecting: "Connecting to Finesse…",
    conflict: "Signed in elsewhere: this session has ended and does not come back by itself.",
    outOfService: "Finesse is out of service. The phone works, this page cannot; it recovers by itself.",
    shared: (resources: string) => `Also signed in from ${resources}: both work.`,
    follows: "Another tab leads: it opens records and saves calls.",
    lead: "Lead here",
    noScript: "Salesforce's script could not be loaded: this page opens no records and saves no calls.",
    openCti: (what: string, why: string) => `${what}: ${why}`,
    ended: {
      noHello: "The connector did not understand this page.",
      flood: "The connector closed the connection: too many messages.",
      replaced: "This page is open in a newer connection.",
      tooMany: "Too many pages are open for this agent.",
    },
    connectAgain: "Connect again",
    lostCommand: "The connection was lost: whether this was done shows once it is back.",
  },

  openCti: {
    pop: "The record could not be opened",
    dial: "The number could not be dialled",
    timeout: (seconds: number) => `Salesforce did not answer within ${seconds} s`,
    failed: "Salesforce did not say why",
    noId: "Salesforce did not say which record it saved",
    unknown:
      "whether this record was saved before is unknown: the page was loaded anew while it was being saved",
    offline: "no connection to the connector",
  },

  /** Seconds after which it is done. */
  unattended: {
    "not-ready": (after: number) => ({
      short: `If you leave: not ready in ${secondsInWords(after)}`,
      long: `When your last page is closed, and nobody else is there for you, you are made not ready after ${secondsInWords(after)}. A call that you are on goes on.`,
    }),
    logout: (after: number) => ({
      short: `If you leave: signed out in ${secondsInWords(after)}`,
      long: `When your last page is closed, and nobody else is there for you, you are signed out after ${secondsInWords(after)}, or when your call is over.`,
    }),
    keep: () => ({
      short: "If you leave: stays as it is",
      long: "When your last page is closed you stay as you are: a ready agent goes on getting calls that nobody answers.",
    }),
  } satisfies Record<UnattendedAction, (after: number) => { short: string; long: string }>,

  sound: { on: "Ring sound on", off: "Ring sound off", label: "Ring sound" },

  help: {
    open: "Keyboard and help",
    title: "Keyboard",
    also: "Everything also works with Tab, Enter and the arrow keys.",
    alt: "Alt",
  },

  shortcuts: {
    answer: "Answer the ringing call",
    hold: "Hold or resume the call",
    consult: "Consult somebody",
    transfer: "Transfer or hand over",
    conference: "Conference",
    tones: "Keypad for tones",
    drop: "Hang up",
    notes: "Write notes",
    "wrap-up": "Wrap-up reason",
    state: "State menu",
    ready: "Ready",
    dial: "Dial field",
    help: "This list",
    close: "Close what is open",
  },
} as const;

/** Open sets stay open: what we have no word for is shown as Finesse writes it. */
export function stateWord(state: string): string {
  return words.states[state] ?? state;
}

export function callStateWord(state: string, cause?: string): string {
  const word = words.callStates[state] ?? state;
  return cause === undefined || cause === "" ? word : `${word}: ${words.causes[cause] ?? cause}`;
}
