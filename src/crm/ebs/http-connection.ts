import type { Socket } from "node:net";
import type { Clock } from "../../platform/clock.ts";
import { answerBytes, type HttpAnswer } from "./http-answer.ts";
import type { HttpRefusal } from "./http-body.ts";
import { type HttpRequest, RequestReader } from "./http-request.ts";

/** Who answers. `from`: the caller's address as the system says it, empty when it is not known. */
export interface HttpDesk {
  /** Never rejects. */
  answer(request: HttpRequest, from: string): Promise<HttpAnswer>;
  /** To what is no request, and to one that does not come to its end. */
  refuse(refusal: Refusal, from: string): HttpAnswer;
}

export type Refusal = HttpRefusal | { status: 408; details: string };

/** Milliseconds for the head of a request from its first byte, for its body, and for an answer to be taken. */
const patience = 10_000;
/** Milliseconds between two requests. */
const idle = 60_000;
/** Milliseconds in which whoever is told that it was the last answer may close. */
const linger = 2000;
/** Bytes that are taken while an answer is made; more must wait outside. */
const mostWaiting = 65_536;

/** `close`: the last answer is on its way out. */
type WaitsFor = "nothing" | "head" | "body" | "answer" | "drain" | "close";

/** One caller's connection: requests are answered strictly one after the other, and whoever closes his side still gets his answers. */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #desk: HttpDesk;
  readonly #clock: Clock;
  readonly #from: string;
  readonly #reader = new RequestReader();
  /** The caller sends no more. */
  #ended = false;
  /** The next answer is the last. */
  #finishing = false;
  /** No request has come yet. */
  #fresh = true;
  #waitsFor: WaitsFor = "nothing";
  #since: number;

  constructor(socket: Socket, desk: HttpDesk, clock: Clock, gone: () => void) {
    this.#socket = socket;
    this.#desk = desk;
    this.#clock = clock;
    this.#from = socket.remoteAddress ?? "";
    this.#since = clock.now();
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    socket.on("end", () => {
      this.#ended = true;
      if (this.#waitsFor === "close") this.#closeWhenWritten();
      else this.#goOn();
    });
    socket.on("drain", () => {
      if (this.#waitsFor === "drain") this.#nextRequest();
    });
    // A reset is followed by "close".
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#reader.drop();
      gone();
    });
  }

  get waitsFor(): WaitsFor {
    return this.#waitsFor;
  }

  /** Since when, milliseconds since the epoch. */
  get since(): number {
    return this.#since;
  }

  /** Closes what has waited too long. */
  look(now: number): void {
    const waited = Math.abs(now - this.#since);
    switch (this.#waitsFor) {
      case "nothing":
        if (waited >= (this.#fresh ? patience : idle)) this.destroy();
        return;
      case "head":
        if (waited >= patience)
          this.#refuse({ status: 408, details: `the request took longer than ${patience / 1000} seconds` });
        return;
      case "body":
      case "drain":
        if (waited >= patience) this.destroy();
        return;
      case "close":
        if (waited >= linger) this.destroy();
        return;
      case "answer":
    }
  }

  /** Closes after the answer that is being made; at once when there is none. */
  finish(): void {
    this.#finishing = true;
    if (this.#waitsFor === "nothing" || this.#waitsFor === "head") this.destroy();
    else if (this.#waitsFor === "close") this.#closeWhenWritten();
    else if (this.#waitsFor !== "answer") this.#end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    if (this.#waitsFor === "close") return;
    this.#reader.push(bytes.toString("latin1"));
    if (this.#isBusy()) {
      if (this.#reader.waiting > mostWaiting) this.#socket.pause();
    } else this.#goOn();
  }

  #isBusy(): boolean {
    return this.#waitsFor === "answer" || this.#waitsFor === "drain";
  }

  #goOn(): void {
    if (this.#isBusy() || this.#waitsFor === "close") return;
    const read = this.#reader.next();
    switch (read.kind) {
      case "request":
        this.#fresh = false;
        this.#wait("answer");
        this.#answer(read.request);
        return;
      case "refused":
        this.#refuse(read.refusal);
        return;
      case "waiting":
        if (this.#ended) this.#end();
        // The first head's time has begun with the connection.
        else if (this.#fresh) this.#waitsFor = read.in;
        else if (this.#waitsFor !== read.in) this.#wait(read.in);
    }
  }

  #answer(request: HttpRequest): void {
    if (request.expectsContinue) this.#socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    this.#desk.answer(request, this.#from).then(
      (answer) => this.#say(request, answer),
      () => this.destroy(),
    );
  }

  #say(request: HttpRequest, answer: HttpAnswer): void {
    if (this.#socket.destroyed) return;
    const last = !request.keepAlive || this.#finishing;
    const bytes = answerBytes(answer, {
      now: this.#clock.now(),
      connection: last ? "close" : request.oldKeepAlive ? "keep-alive" : undefined,
      headOnly: request.method === "HEAD",
    });
    if (last) this.#end(bytes);
    else if (this.#socket.write(bytes)) this.#nextRequest();
    else this.#wait("drain");
  }

  #nextRequest(): void {
    this.#wait("nothing");
    if (this.#socket.isPaused()) this.#socket.resume();
    this.#goOn();
  }

  #refuse(refusal: Refusal): void {
    const now = this.#clock.now();
    const answer = this.#desk.refuse(refusal, this.#from);
    this.#end(answerBytes(answer, { now, connection: "close", headOnly: false }));
  }

  /**
   * Closes our side after `last`. The caller's is read until it is closed too, or for a while: a connection that is closed with bytes unread
   * is reset, and an answer on its way lost.
   */
  #end(last?: Buffer): void {
    this.#wait("close");
    this.#reader.drop();
    this.#socket.resume();
    if (last === undefined) this.#socket.end();
    else this.#socket.end(last);
    if (this.#ended || this.#finishing) this.#closeWhenWritten();
  }

  #closeWhenWritten(): void {
    if (this.#socket.writableFinished) this.destroy();
    else this.#socket.once("finish", () => this.destroy());
  }

  #wait(waitsFor: WaitsFor): void {
    this.#waitsFor = waitsFor;
    this.#since = this.#clock.now();
  }
}
