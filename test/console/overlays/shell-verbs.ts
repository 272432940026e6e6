/** The shell's words for the phone, as design §5.6 lists them; sign-in aside, which is a form here. */
export const commandNames = [
  "ready",
  "not-ready",
  "logout",
  "dial",
  "answer",
  "hold",
  "retrieve",
  "drop",
  "consult",
  "transfer",
  "conference",
  "dtmf",
  "set",
  "wrap-up",
];
