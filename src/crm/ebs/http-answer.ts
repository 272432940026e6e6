import { STATUS_CODES } from "node:http";

/** What is said to a request; a `body` is XML, none where it is `undefined`. Not changed once it was used. */
export interface HttpAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
  /** The same object is said again and again: its bytes are kept. */
  constant?: true;
}

export interface AnswerOptions {
  /** Milliseconds since the epoch. */
  now: number;
  /** What becomes of the connection, where that must be said. */
  connection: "close" | "keep-alive" | undefined;
  /** The request was HEAD: of a body only its length is told. */
  headOnly: boolean;
}

/** Answers that are given again and again, as they were sent last. */
const sent = new WeakMap<HttpAnswer, { second: number; bytes: Buffer }>();

/** The bytes of an answer in HTTP/1.1, not to be changed. Headers hold ASCII without line ends. */
export function answerBytes(answer: HttpAnswer, options: AnswerOptions): Buffer {
  const { now, connection, headOnly } = options;
  if (answer.constant === undefined || connection !== undefined || headOnly) return made(answer, options);
  const second = Math.floor(now / 1000);
  const last = sent.get(answer);
  if (last?.second === second) return last.bytes;
  const bytes = made(answer, options);
  sent.set(answer, { second, bytes });
  return bytes;
}

function made(answer: HttpAnswer, { now, connection, headOnly }: AnswerOptions): Buffer {
  const { status, headers, body = "" } = answer;
  let bytes = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nDate: ${new Date(now).toUTCString()}\r\n`;
  for (const name in headers) bytes += `${name}: ${headers[name]}\r\n`;
  if (connection !== undefined) bytes += `Connection: ${connection}\r\n`;
  // 204 has no body, and so no length of one (RFC 9110 §8.6).
  bytes += status === 204 ? "\r\n" : `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(headOnly || status === 204 ? bytes : bytes + body);
}
