import { bodyOf, type HttpRefusal, longestBody, noBody } from "./http-body.ts";
import { RequestHeaders } from "./http-headers.ts";

/** The head of a request. Texts hold one character for each byte. */
export interface HttpRequest {
  method: string;
  /** Everything between the first space of the request line and the last ` HTTP/1.x`, as it was sent: spaces and bytes beyond ASCII too. */
  target: string;
  headers: RequestHeaders;
  /** The connection may be used for another request after this one. */
  keepAlive: boolean;
  /** Keep-alive must be promised in words, to callers of HTTP/1.0. */
  oldKeepAlive: boolean;
  /** The caller waits for `100 Continue` before it sends its body. */
  expectsContinue: boolean;
}

/** What the bytes so far hold next. After `refused` nothing else comes. */
export type HttpRead =
  | { kind: "request"; request: HttpRequest }
  | { kind: "refused"; refusal: HttpRefusal }
  /** More bytes are needed: of nothing yet, of a head that has begun, or of a body that nobody reads. */
  | { kind: "waiting"; in: "nothing" | "head" | "body" };

const longestMethod = 32;
const longestLine = 8192;
/** Bytes, with the ends of lines. */
const longestHeaders = 16_384;
const mostHeaders = 100;
/** Line ends before a request line; some callers send one after a body. */
const mostBlankLines = 8;

const token = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/;
const notToken = /[^!#$%&'*+.^_`|~\dA-Za-z-]/;
const versionAtEnd = / HTTP\/1\.(\d)$/;
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000a-\u001f\u007f]/;

interface RequestLine {
  method: string;
  target: string;
  minor: 0 | 1;
}

/** The header fields of a request that had no body and left the connection open, and all that they say. */
interface LastHeaders {
  /** With the empty line after them. */
  text: string;
  minor: 0 | 1;
  headers: RequestHeaders;
  oldKeepAlive: boolean;
}

type Part = "line" | "headers" | "length" | "chunk" | "chunkEnd" | "trailers" | "over";

/**
 * Reads requests of HTTP/1.x out of a stream of bytes, however it is cut into pieces (RFC 9112, and ebs-basic-telephony.md §9: Java sends the
 * spaces and umlauts of an address as they are). Tolerant in what can mean one thing only; whatever another reader may understand in
 * another way, above all where a request ends, is refused. Bodies are skipped. Never throws.
 */
export class RequestReader {
  /** What came, one character for each byte, from somewhere before `#at`. */
  #bytes = "";
  /** The first that was not read yet. */
  #at = 0;
  #part: Part = "line";
  /** Up to here no line ends. */
  #seen = 0;
  #blankLines = 0;
  #line: RequestLine = { method: "", target: "", minor: 1 };
  #headers = new RequestHeaders();
  #headerBytes = 0;
  /** Where the header fields begin, -1 where they came in pieces. */
  #headersAt = -1;
  #last: LastHeaders | undefined;
  /** Bytes of body, or of chunk, that are still to come. */
  #left = 0;
  #bodyBytes = 0;

  /** Takes what came, one character for each byte. */
  push(bytes: string): void {
    if (this.#part === "over") return;
    this.#bytes = this.waiting === 0 ? bytes : this.#bytes.slice(this.#at) + bytes;
    this.#seen = Math.max(0, this.#seen - this.#at);
    this.#at = 0;
    // Not in one piece.
    this.#headersAt = -1;
  }

  /** Bytes that wait to be read. */
  get waiting(): number {
    return this.#bytes.length - this.#at;
  }

  next(): HttpRead {
    let read = this.#step();
    while (read === undefined) read = this.#step();
    if (read.kind === "refused") this.drop();
    return read;
  }

  /** Reads no more. */
  drop(): void {
    this.#part = "over";
    this.#bytes = "";
    this.#at = 0;
  }

  /** One step forward; `undefined` when there may be another. */
  #step(): HttpRead | undefined {
    switch (this.#part) {
      case "line":
        return this.#readRequestLine();
      case "headers":
        return this.#readHeader();
      case "length":
        return this.#skip("line");
      case "chunk":
        return this.#readChunkSize();
      case "chunkEnd":
        return this.#skip("chunk");
      case "trailers":
        return this.#readTrailer();
      case "over":
        return waitingIn.nothing;
    }
  }

  #readRequestLine(): HttpRead | undefined {
    if (this.waiting === 0) return waitingIn.nothing;
    // Looked at before the line is complete: whoever speaks TLS here, or something else, may never end one.
    const start = this.#bytes.slice(this.#at, this.#at + longestMethod + 1);
    const method = start.search(notToken);
    if (method === 0) return this.#skipBlankLine();
    if (method === -1 ? start.length > longestMethod : start[method] !== " ") return refuse(400, notHttp);
    const line = this.#takeLine(longestLine);
    if (line === undefined) return waitingIn.head;
    if (line === false) return refuse(414, `the address is longer than ${longestLine} characters`);
    const version = versionAtEnd.exec(line);
    if (version === null || version.index <= method + 1 || control.test(line)) return refuse(400, notHttp);
    this.#line = {
      method: line.slice(0, method),
      target: line.slice(method + 1, version.index),
      minor: version[1] === "0" ? 0 : 1,
    };
    const known = this.#sameHeaders(this.#line);
    if (known !== undefined) return known;
    this.#part = "headers";
    this.#headers = new RequestHeaders();
    this.#headersAt = this.#at;
    this.#headerBytes = 0;
    return undefined;
  }

  /** Callers nearly always send the same header fields again, which need not be read again. */
  #sameHeaders({ method, target, minor }: RequestLine): HttpRead | undefined {
    const last = this.#last;
    if (last === undefined || last.minor !== minor || !this.#bytes.startsWith(last.text, this.#at))
      return undefined;
    this.#at += last.text.length;
    this.#blankLines = 0;
    const { headers, oldKeepAlive } = last;
    return {
      kind: "request",
      request: { method, target, headers, keepAlive: true, oldKeepAlive, expectsContinue: false },
    };
  }

  #skipBlankLine(): HttpRead | undefined {
    const first = this.#bytes[this.#at];
    if (first === "\r" && this.waiting === 1) return waitingIn.head;
    const bytes = first === "\n" ? 1 : first === "\r" && this.#bytes[this.#at + 1] === "\n" ? 2 : 0;
    this.#blankLines += 1;
    if (bytes === 0 || this.#blankLines > mostBlankLines) return refuse(400, notHttp);
    this.#at += bytes;
    return undefined;
  }

  #readHeader(): HttpRead | undefined {
    const before = this.#at;
    const line = this.#takeLine(longestHeaders - this.#headerBytes);
    if (line === undefined) return waitingIn.head;
    this.#headerBytes += this.#at - before;
    if (line === false || this.#headerBytes > longestHeaders)
      return refuse(431, `the header fields are longer than ${longestHeaders} bytes`);
    if (line === "") return this.#endHead();
    if (this.#headers.size === mostHeaders) return refuse(431, `there are more than ${mostHeaders} fields`);
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon));
    // A line that begins with white space continued the one before it, once (RFC 9112 §5.2).
    if (!token.test(name) || control.test(line)) return refuse(400, "a header field is malformed");
    this.#headers.add(name, line.slice(colon + 1));
    return undefined;
  }

  #endHead(): HttpRead {
    const { method, target, minor } = this.#line;
    const headers = this.#headers;
    const hosts = headers.count("host");
    if (hosts === 0 && minor > 0) return refuse(400, "there is no Host header");
    const body = bodyOf(headers, minor);
    if ("status" in body) return { kind: "refused", refusal: body };
    const expectation = headers.get("expect");
    if (expectation !== null && expectation.toLowerCase() !== "100-continue")
      return refuse(417, "of what a caller can expect, only 100-continue is known");
    const close = headers.lists("connection", "close");
    const oldKeepAlive = minor === 0 && !close && headers.lists("connection", "keep-alive");
    this.#blankLines = 0;
    this.#bodyBytes = 0;
    this.#left = body.bytes;
    this.#part = body.chunked ? "chunk" : "length";
    const keepAlive = (minor === 0 ? oldKeepAlive : !close) && hosts < 2 && body.bytes <= longestBody;
    // What follows the last request of a connection is nobody's.
    if (!keepAlive) this.drop();
    else if (body === noBody && expectation === null && this.#headersAt !== -1)
      this.#last = { text: this.#bytes.slice(this.#headersAt, this.#at), minor, headers, oldKeepAlive };
    return {
      kind: "request",
      request: {
        method,
        target,
        headers,
        keepAlive,
        oldKeepAlive: oldKeepAlive && keepAlive,
        expectsContinue: expectation !== null && minor > 0 && keepAlive && (body.chunked || body.bytes > 0),
      },
    };
  }

  /** Skips what is left of a body, or of a chunk, and goes on with `then`. */
  #skip(then: "line" | "chunk"): HttpRead | undefined {
    const bytes = Math.min(this.#left, this.waiting);
    this.#at += bytes;
    this.#left -= bytes;
    if (this.#left > 0) return waitingIn.body;
    if (then === "chunk") {
      const line = this.#takeLine(0);
      if (line === undefined) return waitingIn.body;
      if (line !== "") return refuse(400, "a chunk of the body is malformed");
    }
    this.#part = then;
    return undefined;
  }

  #readChunkSize(): HttpRead | undefined {
    const line = this.#takeLine(256);
    if (line === undefined) return waitingIn.body;
    const size = line === false || control.test(line) ? null : /^([\da-f]{1,8})[ \t]*(?:;.*)?$/i.exec(line);
    if (size === null) return refuse(400, "a chunk of the body is malformed");
    this.#left = Number.parseInt(size[1] ?? "", 16);
    this.#bodyBytes += this.#left;
    if (this.#bodyBytes > longestBody) return refuse(400, `the body is longer than ${longestBody} bytes`);
    this.#part = this.#left === 0 ? "trailers" : "chunkEnd";
    this.#headerBytes = 0;
    return undefined;
  }

  /** Fields after a body in chunks, which mean nothing here. */
  #readTrailer(): HttpRead | undefined {
    const before = this.#at;
    const line = this.#takeLine(longestHeaders - this.#headerBytes);
    if (line === undefined) return waitingIn.body;
    this.#headerBytes += this.#at - before;
    if (line === false || this.#headerBytes > longestHeaders)
      return refuse(431, `the header fields are longer than ${longestHeaders} bytes`);
    if (line === "") this.#part = "line";
    else if (!token.test(line.slice(0, Math.max(0, line.indexOf(":")))) || control.test(line))
      return refuse(400, "a header field is malformed");
    return undefined;
  }

  /** The next line without its end, LF or CR LF; `undefined`: it is not complete; `false`: it is longer than `limit`. */
  #takeLine(limit: number): string | false | undefined {
    const end = this.#bytes.indexOf("\n", Math.max(this.#seen, this.#at));
    if (end === -1) {
      this.#seen = this.#bytes.length;
      // One more may be the CR.
      const tooMany = this.waiting - limit;
      return tooMany > 1 || (tooMany === 1 && !this.#bytes.endsWith("\r")) ? false : undefined;
    }
    const start = this.#at;
    const last = end > start && this.#bytes[end - 1] === "\r" ? end - 1 : end;
    if (last - start > limit) return false;
    this.#at = end + 1;
    return this.#bytes.slice(start, last);
  }
}

const notHttp = "that is no request of HTTP/1.1";

const waitingIn = {
  nothing: { kind: "waiting", in: "nothing" },
  head: { kind: "waiting", in: "head" },
  body: { kind: "waiting", in: "body" },
} as const;

function refuse(status: HttpRefusal["status"], details: string): HttpRead {
  return { kind: "refused", refusal: { status, details } };
}
