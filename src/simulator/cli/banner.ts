import type { Population } from "../engine/population.ts";
import type { Simulator } from "../server/simulator.ts";

export interface BannerFacts {
  simulator: Simulator;
  /** File with the authority's certificate. */
  caFile: string;
  profile: string;
  /** Where it listens; 0.0.0.0 and :: are everywhere. */
  address: string;
  population: Population;
  /** True when the agents' password is not the default: it is not printed then. */
  ownPassword: boolean;
}

/** What a person sees when the simulator serves: where, who, and the next command, ready to be copied. */
export function banner({
  simulator,
  caFile,
  profile,
  address,
  population,
  ownPassword,
}: BannerFacts): string {
  const [node] = simulator.nodes;
  const [first] = population.agents;
  // A made-up name has no address: the client is told one, as curl would be.
  const at = address === "0.0.0.0" || address === "::" ? "127.0.0.1" : address;
  const resolve = simulator.nodes
    .map(({ rest }) => new URL(rest).hostname)
    .filter((name) => name !== "localhost" && !/^[\d.]+$/.test(name))
    .map((name) => ` --resolve ${name}:${at}`)
    .join("");
  // The other server of a pair, if it is one.
  const others = simulator.nodes.slice(1);
  const login = [
    ownPassword ? 'CTI_PASSWORD="$CTI_SIM_PASSWORD"' : "CTI_PASSWORD=secret",
    `cti login -a ${first?.id ?? "1001"} -e ${first?.extension ?? "2001"}`,
    `${simulator.nodes.map(({ rest }) => `--finesse ${rest}`).join(" ")} --ca ${shellWord(caFile)}${resolve}`,
  ].join(" ");
  return [
    `A simulated Finesse (${profile.toUpperCase()}) serves at ${node?.rest}`,
    `  notifications  ${node?.wss}`,
    `                 ${node?.xmpps}`,
    `                 ${node?.bosh}`,
    ...others.flatMap((other) => [
      `  server B       ${other.rest}`,
      `                 ${other.wss}`,
      `                 ${other.xmpps}`,
      `                 ${other.bosh}`,
    ]),
    `  agents         ${agentsText(population)}`,
    `  password       ${ownPassword ? "as in CTI_SIM_PASSWORD" : "secret"}`,
    `  authority      ${caFile}`,
    `  control        ${simulator.controlUrl}/sim`,
    "",
    "Sign in from another terminal, then let a customer call:",
    `  ${login}`,
    `  cti ready && cti sim call ${first?.id ?? "1001"} --from 5551234`,
    "",
    "Ctrl-C ends it.",
    "",
  ].join("\n");
}

function agentsText({ agents, teams }: Population): string {
  const [first, last] = [agents.at(0), agents.at(-1)];
  if (first === undefined || last === undefined) return "none";
  const one = agents.length === 1;
  const who = one ? first.id : `${agents.length}: ${first.id}–${last.id}`;
  const where = one ? first.extension : `${first.extension}–${last.extension}`;
  return `${who} on ${where} (${teams.map(({ name }) => name).join(", ")})`;
}

function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
