import { printable } from "../../../platform/terminal.ts";
import type { EbsAnswers } from "../control-api.ts";
import type { Interaction } from "../interaction.ts";
import type { SimulatedEbs } from "../start.ts";
import { durationText } from "../telling.ts";

/** What a person sees when the simulated EBS is up, and the next command. */
export function ebsBanner(ebs: SimulatedEbs, day: boolean): string {
  const seats = ebs.seats();
  return [
    `A simulated EBS (Universal Work Queue) calls ${ebs.url}`,
    ...seats.map((seat) => `  agent ${seat.agent} on ${seat.extension}  listens at ${seat.listener}`),
    `  control  ${ebs.controlUrl}/ebs`,
    "",
    ...(day
      ? []
      : [
          "Begin the day from another terminal:",
          `  cti sim ebs do register${seats.length > 1 ? ` --agent ${seats[0]?.agent}` : ""}`,
          "",
        ]),
    "Ctrl-C ends it.",
    "",
  ].join("\n");
}

/** What `cti sim ebs history` says. */
export function historyText({ interactions }: EbsAnswers["history"]): string {
  if (interactions.length === 0) return "no interactions";
  return interactions.map((each) => printable(interactionLine(each))).join("\n");
}

function interactionLine(interaction: Interaction): string {
  const { id, agent, ani, state, customer, seconds, unannounced, complete } = interaction;
  const counts = [interaction.pops, interaction.established, interaction.released]
    .map((times) => times.length)
    .join("/");
  const who = customer === undefined ? "" : customer.customers.join(", ") || "no customer";
  return [
    id,
    agent,
    ani ?? "-",
    seconds === undefined ? state : `${state} ${durationText(seconds)}`,
    `pop/established/released ${counts}`,
    ...(complete ? [] : ["incomplete"]),
    ...(unannounced ? ["unannounced"] : []),
    who,
  ]
    .filter((part) => part !== "")
    .join("  ");
}
