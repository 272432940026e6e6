/** Until the next try; one that is due is under way. */
const nextTry = (seconds: number): string => (seconds > 0 ? `next try in ${seconds} s` : "trying now");

/**
 * The console's own words, in one place. What faces say alike (states, times, events) is in src/words; labels and descriptions of keys stand in
 * their table.
 */
export const words = {
  title: "cti",
  nobody: "nobody is signed in",
  connecting: "connecting to the connector…",
  refused: (message: string) => `refused: ${message}`,
  lost: (seconds: number) =>
    `the connector is away, ${nextTry(seconds)}; what is shown is the last that was known`,
  ended: (key: string) =>
    `the connector has ended: the phone goes on, ${key} signs in again; what is shown is the last that was known`,
  noConnector: "no connector is running",
  noCalls: "no calls",
  moreData: (count: number) => `… ${count} more: v shows all`,
  noValue: "–",
  consult: "consult",
  about: (customer: string) => `about ${customer}`,
  ringing: (party: string) => `Call from ${party}`,
  pressToAnswer: (key: string) => `press ${key} to answer`,
  notSignedInHere: "not signed in",
  outOfService: "Finesse is out of service: the phone works, this screen cannot; it recovers by itself",
  reconnecting: (seconds: number, why: string) =>
    `no link to Finesse, ${nextTry(seconds)}${why === "" ? "" : `: ${why}`}`,
  conflict: (key: string) =>
    `signed in elsewhere: this session has ended and will not come back by itself; ${key} signs in again`,
  sharedShort: "also signed in elsewhere",
  stays: "stays as it is when nobody is there",
  shared: (resources: string) => `also signed in from ${resources}: both work`,
  unattended: (then: string, seconds: number | undefined) =>
    `nobody is there for this agent: ${then}${seconds === undefined ? "" : ` in ${seconds} s`}`,
  pending: (state: string) => `then ${state}`,
  insecure: "certificate checks are off",
  quitTitle: "Leave the console?",
  quitOnCall: "You are on a call. It goes on without this screen.",
  quitKeeps: "Closing signs nobody out.",
  quitPolicy: (agent: string, then: string, seconds: number) =>
    then === "keep"
      ? `${agent} stays as it is when nobody is there.`
      : `When nobody is there for ${seconds} s, ${agent} is made ${then === "logout" ? "signed out" : "NOT_READY"}.`,
  unknownNumber: "unknown number",
  /** On the screen that is as it was before, after the console. */
  farewell: {
    stays: (who: string, state: string, calls: readonly string[], linked: boolean) =>
      [
        `${who} stays signed in, ${state}`,
        calls.length === 0
          ? ""
          : `, with ${calls.length === 1 ? "a call" : `${calls.length} calls`}: ${calls.join(", ")}`,
        linked ? "." : " (as last known: there is no link to Finesse).",
      ].join(""),
    elsewhere: (who: string) =>
      `${who} is signed in elsewhere; nothing is done for this agent here any more.`,
    others: (labels: readonly string[]) => `Still there: ${labels.join(", ")}.`,
    keeps: (agent: string) =>
      `Nobody is there now, and by the profile nothing is done about it. Signing out: cti logout -a ${agent}`,
    already: (agent: string) =>
      `Nobody is there now; no call comes to an agent who is NOT_READY. Signing out: cti logout -a ${agent}`,
    acts: (agent: string, then: string, time: string, onCall: boolean) =>
      then === "logout"
        ? `Nobody is there now: in ${time} ${agent} is signed out${onCall ? ", once the call is over" : ""}.`
        : `Nobody is there now: in ${time} ${agent} is made NOT_READY${onCall ? "; the call goes on" : ""}.`,
    unheard: "That is the last that was known: the connector does not answer now.",
    allEnds: "The simulator ends now, and with it everybody who was signed in there.",
  },
  busy: "still under way",
  readOnly: "this console only watches",
  noLink: "no link to Finesse",
  noAgent: "sign in first",
  onCallOnly: "no call",
  noAdapters: "no CRM adapters: they run in cti serve, as the profile's tables say",
  reading: "reading…",
  seen: (ago: string) => `seen ${ago} ago`,
  allTold: "all is told",
  deliveries: (owed: number, oldest: string, missed: number) =>
    [owed === 0 ? "" : `${owed} owed, oldest ${oldest}`, missed === 0 ? "" : `${missed} missed`]
      .filter((part) => part !== "")
      .join(" · "),
  tooSmall: (columns: number, rows: number) => `at least ${columns}×${rows}, please`,
  chooseAgent: (count: number) => `${count} agents are signed in here: A chooses one`,
  signInFirst: ["Nobody is signed in.", "i signs an agent in, ? shows all keys, q leaves."],
  signingIn: (agent: string) => `signing ${agent} in…`,
  copied: (characters: number) => `${characters} characters copied`,
  written: (path: string) => `written to ${path}`,
  triedAgain: (count: number) => (count === 0 ? "nothing is owed" : `${count} tried now`),
  rawTitle: "Raw, as it went over the wire (secrets removed) · esc goes back",
  ladderTitle: "Ladder",
  noLadder: "no call to draw: choose one, or wait for one",
  keys: {
    noAction: (id: string) => `there is no action "${id}"`,
    actions: "see: cti help keys",
    meant: (right: string) => `did you mean "${right}"?`,
    needed: (id: string) => `"${id}" needs a key`,
    leaves: "ctrl+c always leaves the console",
    other: "choose another key",
    impossible: (key: string, why: string) => `the key "${key}" cannot be had: ${why}`,
    form: "write one character, or enter, esc, tab, space, up, page-down, ctrl+d, alt+x…",
    clash: (key: string, first: string, second: string) =>
      `the key "${key}" is wanted by ${first} and ${second} at once`,
    clashHint: (first: string) => `${first} would get it: give one of them another key`,
  },
} as const;
