import type { Clock } from "../platform/clock.ts";

/** What of the simulator's state is looked at. */
export interface SandboxState {
  agents: readonly { id: string; state: string; phone: string }[];
  calls: readonly {
    id: string;
    participants: readonly { agent: string | undefined; address: string; state: string }[];
  }[];
}

/** One thing that happens at the simulator: what `cti sim NAME` does. */
export interface Happening {
  name: "call" | "abandon" | "phone" | "hangup";
  body: Record<string, unknown>;
}

export interface SandboxSimulator {
  state(): Promise<SandboxState>;
  make(happening: Happening): Promise<unknown>;
}

/** Milliseconds between two looks. */
const beat = 700;
/** In beats: how long the agent is READY before a call comes, an abandoned one rings, the colleague lets it ring, stays after a transfer. */
const pauses = { call: 5, abandon: 10, answer: 3, alone: 14 };

interface Customer {
  from: string;
  variables: Record<string, string>;
  /** Gives up before anybody answers. */
  leaves?: true;
}

const customers: readonly Customer[] = [
  {
    from: "5551234",
    variables: {
      callVariable1: "Ines Okafor",
      callVariable2: "Order 20418",
      callVariable3: "gold",
      callVariable4: "Okafor & Sons",
      callVariable5: "Leeds",
    },
  },
  { from: "5550177", variables: { callVariable1: "Paweł Nowak", callVariable3: "new" }, leaves: true },
  {
    from: "5552468",
    variables: {
      callVariable1: "田中 花子",
      callVariable2: "Contract 77-120",
      callVariable3: "silver",
      callVariable4: "Tanaka Trading",
      callVariable5: "大阪",
    },
  },
  {
    from: "5559090",
    variables: {
      callVariable1: "Zoë Marchetti",
      callVariable2: "Invoice 90331",
      callVariable3: "at risk",
      callVariable4: "Marchetti GmbH",
      callVariable5: "Zürich",
    },
  },
];

const agent = "1001";
const colleague = { agent: "1002", extension: "2002" };

/** Where the play stands: counted in beats. */
export interface Play {
  next: number;
  /** Since when the agent waits for a call. */
  waiting: number;
  /** Since when the call of a customer who will give up rings. */
  leaving: number | undefined;
  ringing: number;
  alone: number;
}

export const playAtStart: Play = { next: 0, waiting: 0, leaving: undefined, ringing: 0, alone: 0 };

/** One beat of the play: customers call whenever the agent is READY, one of them gives up, and the colleague on 2002 answers. Pure. */
export function playOn(play: Play, state: SandboxState): { play: Play; happenings: Happening[] } {
  const happenings: Happening[] = [];
  const next = { ...play };
  const own = state.agents.find(({ id }) => id === agent);
  const other = state.agents.find(({ id }) => id === colleague.agent);

  next.waiting = own?.state === "READY" ? play.waiting + 1 : 0;
  if (next.waiting > pauses.call) {
    const customer = customers[play.next % customers.length];
    if (customer !== undefined) {
      const { from, variables, leaves } = customer;
      happenings.push({ name: "call", body: { agent, from, variables } });
      next.leaving = leaves === true ? 0 : undefined;
      next.next = play.next + 1;
      next.waiting = 0;
    }
  }
  if (play.leaving !== undefined) {
    const rings = own?.phone === "ringing";
    next.leaving = rings || play.leaving === 0 ? play.leaving + 1 : undefined;
    if (rings && play.leaving >= pauses.abandon) {
      happenings.push({ name: "abandon", body: {} });
      next.leaving = undefined;
    }
  }

  next.ringing = other?.phone === "ringing" ? play.ringing + 1 : 0;
  if (next.ringing > pauses.answer) {
    happenings.push({ name: "phone", body: { agent: colleague.agent, action: "answer" } });
    next.ringing = 0;
  }
  // Handed over: a while later the colleague has helped.
  const theirs = state.calls.find(({ participants }) =>
    participants.some(({ address, state: leg }) => address === colleague.extension && leg === "ACTIVE"),
  );
  const handedOver =
    other?.phone === "in-use" &&
    theirs?.participants.every((each) => each.agent !== agent || each.state === "DROPPED");
  next.alone = handedOver === true ? play.alone + 1 : 0;
  if (next.alone > pauses.alone) {
    happenings.push({ name: "phone", body: { agent: colleague.agent, action: "hang-up" } });
    next.alone = 0;
  }
  return { play: next, happenings };
}

/** Plays until it is ended. What cannot be done is left out: a person was faster. */
export function playCalls(simulator: SandboxSimulator, clock: Clock): () => void {
  let play = playAtStart;
  let ended = false;
  let cancel = (): void => {};
  const go = async (): Promise<void> => {
    try {
      const step = playOn(play, await simulator.state());
      play = step.play;
      for (const happening of step.happenings) await simulator.make(happening).catch(() => {});
    } catch {
      // The simulator is on its way out, or was stopped by hand: the console tells of that.
    }
    if (!ended) cancel = clock.after(beat, () => void go());
  };
  cancel = clock.after(beat, () => void go());
  return () => {
    ended = true;
    cancel();
  };
}
