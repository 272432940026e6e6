import type { View } from "../store/state.ts";

/** What overlays say. */
export const overlayWords = {
  count: (shown: number, all: number) => (shown === all ? String(all) : `${shown} of ${all}`),
  nothingFound: "nothing found",
  loading: "being read from Finesse…",
  callOver: "this call is over",
  unnamed: "no name",

  hints: {
    list: "type to find · ↑↓ choose · Enter takes it · Esc back",
    several: "Space marks · ↑↓ choose · Enter saves · Esc back",
    help: "type to find · ↑↓ choose · Enter does it · Esc back",
    dial: "Enter calls · Tab to the list · Esc back",
    dialList: "↑↓ choose · Enter calls · Tab to the number · Esc back",
    palette: "Enter does it · Tab completes · ↑↓ earlier lines · Esc back",
    form: "Tab next field · Enter goes on · Esc back",
    dtmf: "0-9 * # A-D are sent at once · Enter or Esc ends",
    variables: "type to find · Enter changes it · Esc back",
    value: "Enter saves · Esc leaves it as it was",
    messages: "↑↓ choose · y copies · Esc back",
    confirm: "y yes · Enter or n no",
  },

  help: {
    title: "What can be done",
    nothing: "no key does that; : takes commands too",
    onlyIn: (view: View) => `only in the ${view} view`,
  },

  reasons: {
    notReady: "Not ready, because…",
    logout: "Sign out, because…",
    none: "no reason",
    noneConfigured: "Finesse has none configured",
    noneDefault: "the default of the configuration serves, if there is one",
  },

  wrapUp: {
    title: (party: string) => `Wrap-up of the call with ${party}`,
    none: "Finesse has no wrap-up reasons for this agent",
  },

  agents: {
    title: "Agents signed in here",
    another: "sign in another agent…",
    current: "shown now",
    extension: (extension: string) => `ext ${extension}`,
  },

  dial: {
    titles: {
      dial: "Dial",
      consult: "Ask somebody; the customer waits",
      transfer: "Hand over at once, without asking",
    },
    label: { dial: "number ", consult: "ask ", transfer: "to " },
    type: "type or paste a number, or a name to find",
    will: {
      dial: (number: string, name: string) => `Enter calls ${number}${name}`,
      consult: (number: string, name: string) => `Enter asks ${number}${name}`,
      transfer: (number: string, name: string) => `Enter hands over to ${number}${name}`,
    },
    asTyped: "  (sent as it is typed)",
    dialled: "dialled before",
    called: "called",
    missed: "called, not answered",
    colleague: (state: string) => `colleague, ${state}`,
    noSuggestions: "nobody known by that; a number can be dialled all the same",
  },

  palette: {
    title: "Command",
    unknown: (word: string) => `there is no command "${word}"`,
    meant: (word: string) => `did you mean: ${word}`,
    seeHelp: "? lists everything that can be done",
    openQuote: (quote: string) => `a ${quote} is not closed`,
    needs: (verb: string, args: string) => `${verb} needs more: ${verb} ${args}`,
    tooMany: (verb: string, word: string) => `${verb} does not know what to do with "${word}"`,
    callNeedsId: "--call needs the id of a call",
    noOption: (verb: string, option: string) => `${verb} has no option ${option}`,
    noCallById: (id: string) => `there is no call ${id}`,
    callsAre: (ids: string) => `calls: ${ids}`,
    noReason: (kind: string, text: string) => `there is no ${kind} reason "${text}"`,
    reasonKinds: { "not-ready": "not-ready", logout: "sign-out", "wrap-up": "wrap-up" },
    oneOf: (all: string) => `one of: ${all}`,
    oneReason: "this Finesse takes one wrap-up reason for a call",
    notAssignment: "that is not NAME=VALUE",
    assignmentHint: "write for example: set callVariable1=4711",
    notTones: (text: string) => `"${text}" cannot be sent as tones`,
    tonesHint: "tones are 0-9, *, # and A-D",
    exportFormat: (text: string) => `there is no format ${text}`,
    exportHint: "svg or txt",
    summaries: {
      filter: "Show only what has these words; without words: everything",
      export: "Write the ladder of this call into a file",
      deliveries: "Try once more what is owed to CRMs",
      theme: "Colours for a dark or a light background",
      mouse: "Whether the mouse works here; the terminal's own selection does not then",
      bell: "Whether a call rings the terminal's bell",
      notifications: "Whether a call is announced by the desktop",
      reload: "Read everything from the connector again",
    },
    choice: (what: string, word: string) => `${what} ${word} is not known`,
  },

  signIn: {
    title: "Sign in",
    fields: { agent: "agent", extension: "extension", password: "password" },
    missing: {
      agent: "who signs in?",
      extension: "at which extension?",
      password: "the password is missing",
    },
    note: "The password goes to Finesse alone and is kept nowhere.",
  },

  variables: {
    title: (party: string) => `Data of the call with ${party}`,
    empty: "empty",
    add: "new variable",
    reserved: "belongs to the outbound dialler",
    none: "this call has no data",
    value: (name: string) => `Value of ${name}`,
    before: "before: ",
  },

  dtmf: {
    title: (party: string) => `Tones into the call with ${party}`,
    sent: "sent: ",
    nothing: "nothing yet",
    not: (key: string) => `${key} is no tone`,
    unable: "this call takes no tones now",
  },

  messages: { title: "What was said before", none: "nothing yet" },

  confirm: { title: "Are you sure?", yes: "y  yes", no: "n  no" },

  quit: { yes: "y  leave", no: "n  stay" },
} as const;
