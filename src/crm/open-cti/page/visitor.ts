import { CtiError, toCtiError } from "../../../model/errors.ts";
import type { Outcome } from "../../../model/commands.ts";
import { version } from "../../../platform/version.ts";
import type { CtiPort } from "../../adapter.ts";
import type { PageDesk, PageSettings } from "./contract.ts";
import { invalid } from "./fields.ts";
import type { Pass, Passes } from "./passes.ts";
import { closeCodes, type FromPage, pageProtocol } from "./protocol.ts";
import { record } from "./record.ts";
import { Seat, type SeatedPage } from "./seat.ts";
import type { SignInDesk } from "./sign-in.ts";
import type { PageSocket } from "./socket.ts";

export interface VisitorOptions {
  settings: Pick<PageSettings, "signIn">;
  port: CtiPort;
  desk: PageDesk;
  passes: Passes;
  signIns: SignInDesk;
  socket: PageSocket;
  /** Who the browser's cookie lets in. */
  admitted: (Pass & { pass: string }) | undefined;
  seatOf(agent: string): Seat;
  /** The pass lets nobody in any more: the browser's other pages leave too. */
  revoked(pass: string): void;
}

/** Commands of one page that wait for their outcome. */
const mostAtOnce = 16;

/** One socket's page: who is at it, and what is done for it. */
export class Visitor {
  readonly #options: VisitorOptions;
  #page: SeatedPage | undefined;
  #at: { seat: Seat; pass: Pass; revoke: string | undefined } | undefined;
  #admitted: VisitorOptions["admitted"];
  #underWay = 0;
  #signingIn = false;

  constructor(options: VisitorOptions) {
    this.#options = options;
    this.#admitted = options.admitted;
  }

  /** The agent at this page. */
  get agent(): string | undefined {
    return this.#at?.seat.agent;
  }

  take(message: FromPage): void {
    this.#renew();
    switch (message.type) {
      case "hello":
        return this.#hello(message);
      case "sign-in":
        return void this.#signIn(message);
      case "leave":
        return this.#leave();
    }
    const at = this.#at;
    const page = this.#page?.page;
    if (at === undefined || page === undefined)
      return this.#fail("id" in message ? message.id : undefined, nobody());
    const { desk } = this.#options;
    const { seat } = at;
    switch (message.type) {
      case "focus":
        return seat.focus(page);
      case "matches":
        return desk.matched(seat.agent, message.callObject, message.matches);
      case "chosen":
        return this.#say(() => desk.chosen(seat.agent, message.callObject, message.match));
      case "note":
        return this.#say(() => desk.note(seat.agent, message.callObject, message.text));
      case "saved":
      case "not-saved":
        return seat.saved(page, this.#options.socket, message);
      default:
        return void this.#ask(message, seat, page);
    }
  }

  /** Nobody is at this page any more. */
  dismiss(why: string): void {
    const { socket } = this.#options;
    const at = this.#at;
    this.#at = undefined;
    this.#admitted = undefined;
    if (at !== undefined && this.#page !== undefined) at.seat.leave(this.#page.page, socket, true);
    socket.forgetState();
    socket.send({ type: "signed-out", why });
  }

  /** Whether this page's browser is let in by the pass. */
  holds(pass: string): boolean {
    return this.#passes.includes(pass);
  }

  /** The agent's session is over: whoever signed in here does so again, who is paired waits for the next one. */
  signedOut(): void {
    if (this.#at?.pass.way !== "signed-in") return;
    const mine = this.#passes;
    this.dismiss("the agent is signed out");
    for (const pass of mine) this.#options.passes.revoke(pass);
  }

  /** The socket is gone. */
  closed(): void {
    this.#renew();
    if (this.#page !== undefined) this.#at?.seat.leave(this.#page.page, this.#options.socket);
    this.#at = undefined;
  }

  get #passes(): string[] {
    return [this.#at?.revoke, this.#admitted?.pass].filter((pass) => pass !== undefined);
  }

  /** The person says so: the browser's cookie lets nobody in any more, and its other pages go too. */
  #leave(): void {
    const { passes, revoked } = this.#options;
    const mine = this.#passes;
    this.dismiss("you have left this page");
    for (const pass of mine) {
      passes.revoke(pass);
      revoked(pass);
    }
  }

  #renew(): void {
    for (const pass of this.#passes) this.#options.passes.renew(pass);
  }

  #hello(message: FromPage & { type: "hello" }): void {
    const { port, passes, signIns, socket } = this.#options;
    const { version: spoken, page, openCti, focused, pairing } = message;
    if (spoken !== pageProtocol)
      this.#fail(undefined, invalid("the page is of another version than the connector: load it again"));
    if (this.#at !== undefined) {
      if (page !== this.#page?.page) return this.#fail(undefined, invalid("a page has one name"));
      this.#page = { page, openCti, focused };
      return this.#sit(this.#at.seat, this.#at.pass, undefined);
    }
    this.#page = { page, openCti, focused };
    if (pairing !== undefined) {
      const paired = signIns.pair(pairing, socket.address);
      if (!(paired instanceof CtiError)) return this.#enter(paired);
      this.#fail(undefined, paired);
    }
    const admitted = this.#admitted;
    // A password was given for a session that is over.
    const isOver = admitted?.way === "signed-in" && port.status(admitted.agent) === undefined;
    if (admitted === undefined || isOver) {
      if (admitted !== undefined) passes.revoke(admitted.pass);
      this.#admitted = undefined;
      return this.#greet(undefined);
    }
    this.#sit(this.#options.seatOf(admitted.agent), admitted, undefined);
  }

  /** Somebody has shown who he is: he is let in again without that. */
  #enter(pass: Pass): void {
    const { ticket, pass: revoke } = this.#options.passes.mintTicket(pass);
    const { port, socket } = this.#options;
    port.log("info", `softphone page at ${socket.address}: ${pass.way}`, pass.agent);
    this.#at = { seat: this.#options.seatOf(pass.agent), pass, revoke };
    this.#sit(this.#at.seat, pass, ticket);
  }

  #sit(seat: Seat, pass: Pass, ticket: string | undefined): void {
    const page = this.#page;
    if (page === undefined) return;
    const { socket } = this.#options;
    this.#at = { seat, pass, revoke: this.#at?.revoke };
    this.#greet(ticket);
    socket.forgetState();
    if (seat.join(page, socket)) return;
    this.#at = undefined;
    socket.close(closeCodes.tooMany, "the agent has too many pages open");
  }

  #greet(ticket: string | undefined): void {
    this.#options.socket.send({
      type: "hello",
      version: pageProtocol,
      product: `cti ${version}`,
      agent: this.agent,
      signIn: this.#options.settings.signIn,
      ...(ticket !== undefined && { ticket }),
    });
  }

  async #signIn(message: FromPage & { type: "sign-in" }): Promise<void> {
    const { socket, signIns } = this.#options;
    const at = this.#at;
    if (this.#signingIn) return this.#fail(message.id, refused("a sign-in is under way at this page"));
    this.#signingIn = true;
    try {
      const { outcome, agent } = await signIns.signIn(
        message,
        socket.address,
        at && { ...at.pass, agent: at.seat.agent },
      );
      socket.send({ type: "outcome", id: message.id, outcome });
      // Gone, or somebody else's meanwhile.
      if (agent === undefined || !socket.isOpen || this.#at !== at) return;
      if (at === undefined) this.#enter({ agent, way: "signed-in" });
      else this.#sit(at.seat, at.pass, undefined);
    } catch (thrown) {
      this.#fail(message.id, toCtiError(thrown));
    } finally {
      this.#signingIn = false;
    }
  }

  async #ask(
    message: FromPage & { type: "command" | "reasons" | "phone-book" | "layouts" | "click-to-dial" },
    seat: Seat,
    page: string,
  ): Promise<void> {
    const { port, socket } = this.#options;
    const { id } = message;
    const { agent } = seat;
    if (this.#underWay >= mostAtOnce)
      return this.#fail(id, refused("too much is under way at this page: wait for what was asked before"));
    this.#underWay += 1;
    try {
      switch (message.type) {
        case "command":
          return void socket.send({
            type: "outcome",
            id,
            outcome: await port.execute(agent, message.command, { idempotencyKey: keyOf(page, id) }),
          });
        case "reasons":
          return void socket.send({ type: "reasons", id, reasons: await port.reasons(agent) });
        case "phone-book":
          return void socket.send({ type: "phone-book", id, contacts: await port.phoneBook(agent) });
        case "layouts":
          return void socket.send({ type: "layouts", id, layouts: await port.layouts(agent) });
        case "click-to-dial":
          return void socket.send({
            type: "outcome",
            id,
            outcome: await this.#clickToDial(message, agent, page),
          });
      }
    } catch (thrown) {
      this.#fail(id, toCtiError(thrown));
    } finally {
      this.#underWay -= 1;
    }
  }

  #clickToDial(message: FromPage & { type: "click-to-dial" }, agent: string, page: string): Promise<Outcome> {
    const { port, desk, socket } = this.#options;
    const { id, number, recordId, objectType = "", recordName: name } = message;
    const cause = port.newCause();
    record(port, { direction: "in", agent, peer: socket.address, message, cause });
    // Before the call: its record must be known when it begins.
    desk.clickedToDial(
      agent,
      number,
      recordId === undefined
        ? undefined
        : { id: recordId, type: objectType, ...(name !== undefined && { name }) },
    );
    return port.execute(agent, { verb: "dial", number }, { idempotencyKey: keyOf(page, id), cause });
  }

  /** What is not answered unless it fails. */
  #say(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      this.#fail(undefined, toCtiError(thrown));
    }
  }

  #fail(id: string | undefined, error: CtiError): void {
    const { port, socket } = this.#options;
    if (error.code !== "internal") return void socket.send({ type: "error", id, error: error.toJSON() });
    // Its own words may repeat what was asked.
    const frame =
      error.cause instanceof Error ? (/^\s+at .*$/m.exec(error.cause.stack ?? "")?.[0].trim() ?? "") : "";
    port.log("error", `softphone page: ${error.message} ${frame}`.trim(), this.agent);
    socket.send({ type: "error", id, error: { code: error.code, message: error.message } });
  }
}

/** Ids are the page's own, and so are their answers: a repeated one is done once. */
function keyOf(page: string, id: string): string {
  return `page:${page}:${id}`;
}

function nobody(): CtiError {
  return new CtiError({ code: "not-signed-in", message: "nobody is at this page: sign in, or pair it" });
}

function refused(message: string): CtiError {
  return new CtiError({ code: "refused", message });
}
