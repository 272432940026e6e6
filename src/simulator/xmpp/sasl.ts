/** What a SASL PLAIN message says (RFC 4616 §2). */
export interface PlainCredentials {
  /** Authorization id, "" when the client left it out. */
  authorization: string;
  user: string;
  password: string;
}

/** Failure conditions of RFC 6120 §6.5 that the simulator uses. */
export type SaslFailure =
  | "not-authorized"
  | "invalid-mechanism"
  | "invalid-authzid"
  | "incorrect-encoding"
  | "malformed-request"
  | "aborted";

/** Reads base64 of `authzid NUL user NUL password` in UTF-8, or names the failure. */
export function readPlain(base64: string): PlainCredentials | SaslFailure {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64))
    return "incorrect-encoding";
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, "base64"));
  } catch {
    return "malformed-request";
  }
  const parts = text.split("\0");
  const [authorization, user, password] = parts;
  if (parts.length !== 3 || authorization === undefined || !user || !password) return "malformed-request";
  return { authorization, user, password };
}
