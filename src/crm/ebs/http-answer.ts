import { STATUS_CODES } from "node:http";

/** What is said to a request; a `body` is XML, none where it is `undefined`. */
export interface HttpAnswer {
  status: number;
  /** Not changed once it was used. */
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
}

export interface AnswerOptions {
  /** Milliseconds since the epoch. */
  now: number;
  /** What becomes of the connection, where that must be said. */
  connection: "close" | "keep-alive" | undefined;
  /** The request was HEAD: of a body only its length is told. */
  headOnly: boolean;
}

/** The bytes of an answer in HTTP/1.1. Headers hold ASCII without line ends. */
export function answerBytes(answer: HttpAnswer, { now, connection, headOnly }: AnswerOptions): Buffer {
  const { status, headers, body = "" } = answer;
  let bytes = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${dateLine(now)}${linesOf(headers)}`;
  if (connection !== undefined) bytes += `Connection: ${connection}\r\n`;
  // 204 has no body, and so no length of one (RFC 9110 §8.6).
  bytes += status === 204 ? "\r\n" : `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(headOnly || status === 204 ? bytes : bytes + body);
}

/** Most answers have the same headers. */
const lines = new WeakMap<HttpAnswer["headers"], string>();

function linesOf(headers: HttpAnswer["headers"]): string {
  let known = lines.get(headers);
  if (known === undefined) {
    known = Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("");
    lines.set(headers, known);
  }
  return known;
}

let second = Number.NaN;
let date = "";

/** The same for a whole second. */
function dateLine(now: number): string {
  const current = Math.floor(now / 1000);
  if (current !== second) {
    second = current;
    date = `Date: ${new Date(current * 1000).toUTCString()}\r\n`;
  }
  return date;
}
