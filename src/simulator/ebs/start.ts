import { CtiError } from "../../model/errors.ts";
import { type Clock, systemClock } from "../../platform/clock.ts";
import { type CalloutArguments, type CalloutName } from "./callouts.ts";
import type {
  CalloutRecord,
  CalloutResult,
  Complaint,
  EbsEvent,
  Happening,
  Seat,
  SeatState,
} from "./contract.ts";
import { listenEbsControl } from "./control-api.ts";
import { type Customer, sampleCustomers } from "./customers.ts";
import { Ebs } from "./ebs.ts";
import { faultOf } from "./faults.ts";
import type { Interaction } from "./interaction.ts";
import { EventListener } from "./listener.ts";
import { SeatClient } from "./seat-client.ts";

export interface EbsOptions {
  /** Default: agent 1001 at extension 2001, as the simulated Finesse has. */
  seats?: readonly Seat[];
  /** The third-party URL; default http://localhost:3107. */
  url?: string;
  /** agentPassword of all seats; default "secret". */
  password?: string;
  /** agentQueue; default "7700". */
  queue?: string;
  /** Port of the first seat's event listener, further seats take those after it; 0, the default: free ones. */
  listenPort?: number;
  /** Port of the control API; 0, the default, for a free one. */
  controlPort?: number;
  /** Milliseconds between two CheckStatus of a registered seat; default 30 s, 0: never. */
  checkEvery?: number;
  customers?: readonly Customer[];
  clock?: Clock;
}

/** A simulated EBS that listens. */
export interface SimulatedEbs {
  /** The first seat's event listener; `seats()` has them all. */
  listenerUrl: string;
  controlUrl: string;
  /** The third-party URL it calls. */
  url: string;
  seats(): SeatState[];
  /** Sends a callout for the agent's seat. */
  callout(agent: string, name: CalloutName, args?: CalloutArguments): Promise<CalloutResult>;
  /** Register, Login, Ready for every seat, or as far as they are answered well. */
  beginDay(): Promise<void>;
  history(): Interaction[];
  complaints(): Complaint[];
  events(): EbsEvent[];
  callouts(): CalloutRecord[];
  /** Resolves with what `look` finds, now or after any change, as soon as it is neither undefined nor false; rejects when EBS is closed. */
  waitFor<Value>(look: () => Value | undefined | false): Promise<Value>;
  /** Each thing a person would be told; the returned function ends that. */
  watch(told: (happening: Happening) => void): () => void;
  /** Breaks the event listener of a seat, or of all; see faults.ts. Throws `input-invalid`. */
  fail(fault: string, value?: string | number, agent?: string): Promise<void>;
  heal(agent?: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts simulated UWQ clients in this process. Throws `usage` when a port is taken or seats are given twice. */
export async function startEbs(options: EbsOptions = {}): Promise<SimulatedEbs> {
  const { clock = systemClock, seats = [{ agent: "1001", extension: "2001" }] } = options;
  const { url = "http://localhost:3107", password = "secret", queue = "7700", listenPort = 0 } = options;
  checkSeats(seats);
  const ebs = new Ebs(clock, options.customers ?? sampleCustomers);
  const open: { stop(): Promise<void> }[] = [];
  const ended = new AbortController();
  const stopAll = () => Promise.all(open.map((each) => each.stop()));
  try {
    for (const [index, seat] of seats.entries()) {
      const listener = await EventListener.open({
        port: listenPort === 0 ? 0 : listenPort + index,
        clock,
        received: (delivery) => ebs.receive(seat.agent, delivery),
        refused: (problem) => ebs.complain(seat.agent, problem),
      });
      open.push(listener);
      ebs.addSeat(new SeatClient({ seat, listener, url, password, queue, clock, ended: ended.signal }));
    }
    const control = await listenEbsControl(ebs, options.controlPort ?? 0);
    open.push(control);
    const stopChecking = checkRegularly(ebs, clock, options.checkEvery ?? 30_000);
    const waiting = new Set<(error: Error) => void>();
    return {
      listenerUrl: ebs.seats()[0]?.listener ?? "",
      controlUrl: control.url,
      url,
      seats: () => ebs.seats(),
      callout: async (agent, name, args) => (await ebs.callout(agent, name, args)).result,
      beginDay: async () => {
        await Promise.all(seats.map(({ agent }) => ebs.beginDay(agent)));
      },
      history: () => ebs.history(),
      complaints: () => ebs.complaints(),
      events: () => ebs.events(),
      callouts: () => ebs.callouts(),
      waitFor: (look) => waitFor(ebs, look, waiting),
      watch: (told) => ebs.watch((happening) => happening !== undefined && told(happening)),
      fail: (fault, value, agent) => ebs.fail(faultOf(fault, value), agent),
      heal: async (agent) => {
        await ebs.heal(agent);
      },
      async close() {
        stopChecking();
        ended.abort();
        await stopAll();
        for (const reject of waiting) reject(new Error("the simulated EBS was closed"));
      },
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

function waitFor<Value>(
  ebs: Ebs,
  look: () => Value | undefined | false,
  waiting: Set<(error: Error) => void>,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    let stop = () => {};
    const end = (settle: () => void) => {
      stop();
      waiting.delete(give);
      settle();
    };
    const give = (error: Error) => end(() => reject(error));
    const check = () => {
      try {
        const found = look();
        if (found !== undefined && found !== false) end(() => resolve(found));
      } catch (thrown) {
        end(() => reject(thrown));
      }
    };
    stop = ebs.watch(check);
    waiting.add(give);
    check();
  });
}

/** CheckStatus of every registered seat, one at a time each (reference §3). */
function checkRegularly(ebs: Ebs, clock: Clock, every: number): () => void {
  if (every === 0) return () => {};
  const asking = new Set<string>();
  const check = async (agent: string) => {
    asking.add(agent);
    await ebs.callout(agent, "CheckStatus").finally(() => asking.delete(agent));
  };
  const tick = () => {
    cancel = clock.after(every, tick);
    for (const { agent, registered } of ebs.seats()) if (registered && !asking.has(agent)) void check(agent);
  };
  let cancel = clock.after(every, tick);
  return () => cancel();
}

function checkSeats(seats: readonly Seat[]): void {
  if (seats.length === 0) throw new CtiError({ code: "usage", message: "there must be a seat" });
  for (const key of ["agent", "extension"] as const) {
    const values = seats.map((seat) => seat[key]);
    const twice = values.find((value, index) => values.indexOf(value) < index);
    if (twice !== undefined)
      throw new CtiError({ code: "usage", message: `two seats have the ${key} ${twice}` });
  }
}
