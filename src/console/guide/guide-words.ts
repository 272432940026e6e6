type Say = (key: (id: string) => string) => string;

/** What the guide says, each with the keys as they are configured. */
export const guideWords = {
  asking: () => "Type 2002: a colleague, who answers. Or a name. Enter calls, Esc goes back.",
  choosing: () => "Type to find it, ↑↓ choose, Enter takes it, Esc goes back.",
  form: () => "The line below the fields says which keys work here. Esc goes back.",
  "signing-in": () => "One moment: the agent is being signed in.",
  "sign-in": (key) => `${key("sign-in")} signs an agent in: 1001 on extension 2001, password secret.`,
  ready: (key) => `${key("ready")} makes you ready for calls; then they come by themselves.`,
  "ready-again": (key) => `${key("ready")} makes you ready for the next call.`,
  wait: (key) =>
    `A call comes in a few seconds. ${key("not-ready")} is a break, ${key("help")} shows every key, ${key("quit")} leaves.`,
  answer: (key) => `A customer calls; who it is stands above. ${key("answer")} answers.`,
  hold: (key) => `You are talking. ${key("hold")} puts the customer on hold.`,
  retrieve: (key) => `The customer hears music. ${key("retrieve")} takes the call back.`,
  consult: (key) => `${key("consult")} asks a colleague while the customer waits.`,
  consulting: () => "The customer waits while your colleague is being called; he answers soon.",
  "hand-over": (key) =>
    `${key("complete-transfer")} hands the customer over, ${key("conference")} brings all three together, ${key("drop")} ends this call.`,
  ladder: (key) => `${key("show-ladder")} draws this call: who told whom what, and when.`,
  drop: (key) => `${key("drop")} hangs up.`,
  "under-way": () => "The call is on its way.",
  "wrap-up": (key) => `Say what the call was about: ${key("wrap-up")}.`,
  "look-log": (key) => `${key("show-log")} shows every event so far; the next call comes meanwhile.`,
  "look-ladder": (key) => `${key("show-ladder")} draws the last call: who told whom what, and when.`,
  "view-log": (key) =>
    `${key("log-up")} and ${key("log-down")} choose an event, ${key("log-detail")} shows all of it, ${key("log-filter")} filters, ${key("back")} goes back.`,
  "view-ladder": (key) =>
    `${key("ladder-down")} chooses an arrow, ${key("ladder-raw")} shows its message, ${key("back")} goes back.`,
  view: (key) => `${key("back")} goes back to state and calls.`,
  "in-log": (key) => `The events have the keys now; ${key("focus-calls")} gives them back to the calls.`,
} as const satisfies Record<string, Say>;
