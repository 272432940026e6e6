import type { AdapterHealth } from "../../../model/adapter.ts";
import { CtiError, toCtiError } from "../../../model/errors.ts";
import type { CtiPort } from "../../adapter.ts";
import type { CallLog } from "../contract.ts";
import type { PageDesk, PageSettings, Pairing, SoftphonePages } from "./contract.ts";
import { localCertificate } from "./local-certificate.ts";
import { Passes } from "./passes.ts";
import type { PageSocket } from "./socket.ts";
import { Seat } from "./seat.ts";
import { PageServer } from "./server.ts";
import { SignInDesk } from "./sign-in.ts";
import { type SoftphoneAssets, softphoneAssets } from "./ui/assets.ts";
import { Visitor } from "./visitor.ts";

export interface PagesPlace {
  /** Where the connector keeps its own certificate; made on demand, nobody else's to read. */
  directory: string;
  /** The page itself; tests give their own. */
  assets?: () => Promise<SoftphoneAssets>;
}

/** Milliseconds in which a session that is gone may come back (a second sign-in replaces the first) before its pages hear of it. */
const sessionPatience = 2000;

/** The server of softphone pages. `place.directory` is not touched where the settings bring a certificate. */
export function createSoftphonePages(
  settings: PageSettings,
  desk: PageDesk,
  place: PagesPlace,
): SoftphonePages {
  return new Pages(settings, desk, place);
}

interface Work {
  port: CtiPort;
  passes: Passes;
  signIns: SignInDesk;
  server: PageServer;
}

class Pages implements SoftphonePages {
  readonly #settings: PageSettings;
  readonly #desk: PageDesk;
  readonly #place: PagesPlace;
  readonly #seats = new Map<string, Seat>();
  /** Names of agents as events have them, to the seat's, where these are others. */
  readonly #aliases = new Map<string, string>();
  readonly #ending = new Map<string, () => void>();
  #work: Work | undefined;
  #state: AdapterHealth["state"] = "starting";
  #since = new Date(0).toISOString();

  constructor(settings: PageSettings, desk: PageDesk, place: PagesPlace) {
    this.#settings = settings;
    this.#desk = desk;
    this.#place = place;
  }

  async start(port: CtiPort): Promise<void> {
    const { clock } = port;
    const passes = new Passes({ clock, owe: (work) => port.owe(work) });
    passes.load(port.kept());
    const assets = await (this.#place.assets ?? softphoneAssets)();
    const signIns = new SignInDesk({ settings: this.#settings, port, passes });
    const server = new PageServer({
      settings: this.#settings,
      tls: this.#settings.tls ?? this.#ownCertificate(port),
      assets,
      clock,
      log: (level, message) => port.log(level, message),
      passes,
      visitor: (socket, cookies) => this.#visitor(socket, cookies),
    });
    this.#work = { port, passes, signIns, server };
    this.#state = "up";
    this.#since = new Date(clock.now()).toISOString();
    port.log("info", `softphone page at ${server.url}, listening on ${this.#settings.host}:${server.port}`);
  }

  changed(agent: string): void {
    const work = this.#work;
    const seat = this.#find(agent);
    if (work === undefined || seat === undefined) return;
    seat.changed();
    const { clock, status } = work.port;
    if (status(agent) !== undefined || this.#ending.has(agent)) return;
    const cancel = clock.after(sessionPatience, () => {
      this.#ending.delete(agent);
      if (work.port.status(agent) === undefined) this.#sessionOver(seat.agent);
    });
    this.#ending.set(agent, cancel);
  }

  canPop(agent: string): boolean {
    return this.#find(agent)?.canPop ?? false;
  }

  pop(
    agent: string,
    what: { callObject: string; number: string; callType: CallLog["callType"]; deferred: boolean },
  ): boolean {
    return this.#find(agent)?.sendToPopper({ type: "pop", ...what }) ?? false;
  }

  popNow(agent: string, callObject: string): boolean {
    return this.#find(agent)?.sendToPopper({ type: "pop-now", callObject }) ?? false;
  }

  async save(
    agent: string,
    log: CallLog,
    recordId: string | undefined,
    signal: AbortSignal,
    anew = false,
  ): Promise<string> {
    return (this.#find(agent) ?? this.#seatOf(agent, false)).save(log, recordId, signal, anew);
  }

  mintPairing(agent: string): Pairing {
    const { passes, server } = this.#at();
    if (this.#settings.signIn === "page")
      throw new CtiError({
        code: "refused",
        message: "agents sign in in the softphone page here, it is not paired",
        hint: `open ${server.url}, or set "sign-in" of the Open CTI adapter to "both"`,
      });
    const { token, expiresAt } = passes.mintPairing(agent);
    return { agent, token, url: `${server.url}#pair=${token}`, expiresAt: new Date(expiresAt).toISOString() };
  }

  health(): AdapterHealth {
    const seats = [...this.#seats.values()].filter(({ sockets }) => sockets.length > 0);
    const pages = seats.reduce((sum, { sockets }) => sum + sockets.length, 0);
    const now = new Date(this.#work?.port.clock.now() ?? 0).toISOString();
    return {
      adapter: "open-cti",
      state: this.#state,
      since: this.#since,
      summary: this.#work === undefined ? "not listening yet" : `softphone page at ${this.#work.server.url}`,
      figures: {
        pages,
        "pages in Salesforce": seats.reduce((sum, { openCtiPages }) => sum + openCtiPages, 0),
      },
      clients: seats.slice(0, 100).map(({ agent, sockets }) => ({
        name: [...new Set(sockets.map(({ address }) => address))].join(", "),
        agents: [agent],
        lastSeen: now,
      })),
      peers: [],
    };
  }

  async stop(): Promise<void> {
    this.#state = "stopped";
    for (const cancel of this.#ending.values()) cancel();
    for (const seat of this.#seats.values()) seat.close();
    await this.#work?.server.stop();
  }

  #at(): Work {
    if (this.#work === undefined) throw toCtiError(new Error("the softphone page is not served yet"));
    return this.#work;
  }

  #ownCertificate(port: CtiPort): { cert: string; key: string } {
    const { cert, key, made } = localCertificate(this.#place.directory, new Date());
    if (made !== undefined) port.log("info", `${made}; certificates are in ${this.#place.directory}`);
    return { cert, key };
  }

  #visitor(socket: PageSocket, cookies: readonly string[]): Visitor {
    const { port, passes, signIns } = this.#at();
    const admitted = cookies.map((each) => passes.admit(each)).find((each) => each !== undefined);
    return new Visitor({
      settings: this.#settings,
      port,
      desk: this.#desk,
      passes,
      signIns,
      socket,
      admitted,
      seatOf: (agent) => this.#seatOf(agent),
      revoked: (pass) => {
        for (const visitor of this.#at().server.visitors)
          if (visitor.holds(pass)) visitor.dismiss("you have left this page in another tab");
      },
    });
  }

  /** By the name that events have. A page that was paired before there was a session may know its agent by the other one. */
  #find(agent: string): Seat | undefined {
    const known = this.#seats.get(agent) ?? this.#seats.get(this.#aliases.get(agent) ?? "");
    if (known !== undefined || this.#seats.size === 0) return known;
    const session = this.#work?.port.status(agent);
    const names = [session?.agent, session?.state?.id, session?.state?.loginName];
    const seat = names
      .map((name) => (name === undefined ? undefined : this.#seats.get(name)))
      .find((each) => each !== undefined);
    if (seat !== undefined) this.#aliases.set(agent, seat.agent);
    return seat;
  }

  #seatOf(asked: string, kept = true): Seat {
    const { port } = this.#at();
    // An agent may be called by id or login name: pages of one agent sit together.
    const agent = port.status(asked)?.agent ?? asked;
    const known = this.#find(agent);
    if (known !== undefined) return known;
    const seat: Seat = new Seat({
      agent,
      desk: this.#desk,
      port,
      onEmpty: () => {
        if (this.#seats.get(agent) !== seat) return;
        this.#seats.delete(agent);
        for (const [alias, name] of this.#aliases) if (name === agent) this.#aliases.delete(alias);
      },
    });
    if (kept) this.#seats.set(agent, seat);
    return seat;
  }

  #sessionOver(agent: string): void {
    const { passes, server } = this.#at();
    passes.revokeSignIns(agent);
    for (const visitor of server.visitors) if (visitor.agent === agent) visitor.signedOut();
  }
}
