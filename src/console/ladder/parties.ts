import type { Call } from "../../model/call.ts";
import type { Participant } from "../../model/dialog.ts";
import type { LadderColumn } from "./contract.ts";
import { ladderWords } from "./ladder-words.ts";
import { shown } from "./messages.ts";

/** More have no column each. */
const mostParties = 5;

/** Something that happened at a phone. */
export interface PartyStep {
  number: string;
  /** Told by the phone to Finesse, or the other way round. */
  outward: boolean;
  label: string;
  failed: boolean;
}

/** The parties of a ladder, in the order in which they appear; the agent's own phone first. */
export class Parties {
  readonly #agents = new Set<string>();
  readonly #numbers: string[] = [];
  /** Last known participants, by dialog. */
  readonly #known = new Map<string, Map<string, Participant>>();

  constructor(extension: string | undefined) {
    if (extension === undefined) return;
    this.#numbers.push(extension);
    this.#agents.add(extension);
  }

  /** What a new picture of a call tells of its phones. */
  see(call: Call): PartyStep[] {
    const before = this.#known.get(call.id);
    const now = new Map(call.participants.map((party) => [party.mediaAddress, party]));
    this.#known.set(call.id, now);
    const steps: PartyStep[] = [];
    for (const party of now.values()) {
      this.#meet(party);
      const step = change(call, before, party);
      if (step !== undefined) steps.push({ ...step, number: party.mediaAddress });
    }
    for (const party of before?.values() ?? [])
      if (!now.has(party.mediaAddress) && !isGone(party))
        steps.push({ number: party.mediaAddress, outward: true, label: ladderWords.leaves, failed: false });
    // Who dialled talks because the other one has answered: that is enough said.
    const isAnswered = steps.some(({ label }) => label === ladderWords.answers);
    const said = isAnswered ? steps.filter(({ label }) => label !== ladderWords.isThere) : steps;
    // Who calls comes before whose phone rings.
    return said.sort((one, other) => Number(other.outward) - Number(one.outward));
  }

  get columns(): LadderColumn[] {
    const own = this.#numbers.slice(0, this.#numbers.length > mostParties ? mostParties - 1 : mostParties);
    const columns = own.map((number): LadderColumn => ({
      id: `party:${number}`,
      kind: "party",
      title: shown(this.#agents.has(number) ? ladderWords.agentAt(number) : number),
    }));
    if (own.length < this.#numbers.length)
      columns.push({ id: "party:", kind: "party", title: ladderWords.others });
    return columns;
  }

  #meet({ mediaAddress, mediaAddressType }: Participant): void {
    if (!this.#numbers.includes(mediaAddress)) this.#numbers.push(mediaAddress);
    if (mediaAddressType === "AGENT_DEVICE") this.#agents.add(mediaAddress);
  }
}

function change(
  call: Call,
  known: ReadonlyMap<string, Participant> | undefined,
  party: Participant,
): Omit<PartyStep, "number"> | undefined {
  const before = known?.get(party.mediaAddress)?.state;
  if (before === party.state) return undefined;
  const outward = (label: string, failed = false) => ({ outward: true, label: shown(label), failed });
  switch (party.state) {
    case "ALERTING":
      return { outward: false, label: ladderWords.rings, failed: false };
    case "INITIATING":
      return outward(ladderWords.offHook);
    case "INITIATED":
      return outward(
        party.mediaAddressType === "AGENT_DEVICE"
          ? ladderWords.dials(call.dialedNumber ?? call.to ?? "")
          : ladderWords.calls(call.dialedNumber ?? call.to ?? ""),
      );
    case "ACTIVE":
      if (before === "HELD") return outward(ladderWords.retrieves);
      if (before === "ALERTING") return outward(ladderWords.answers);
      if (before !== undefined) return outward(ladderWords.isThere);
      if (known !== undefined) return outward(ladderWords.joins);
      return outward(
        party.mediaAddress === call.from
          ? ladderWords.calls(call.dialedNumber ?? call.to ?? "")
          : ladderWords.isThere,
      );
    case "HELD":
      return outward(before === undefined ? ladderWords.onHold : ladderWords.holds);
    case "FAILED":
      return outward(ladderWords.fails(party.stateCause ?? ""), true);
    case "WRAP_UP":
    case "DROPPED":
      if (before === undefined || before === "WRAP_UP" || before === "DROPPED") return undefined;
      return outward(party.state === "WRAP_UP" ? ladderWords.hangsUp : ladderWords.leaves);
    default:
      return outward(party.state);
  }
}

function isGone({ state }: Participant): boolean {
  return state === "DROPPED" || state === "WRAP_UP" || state === "FAILED";
}
