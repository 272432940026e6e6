import type { ConsumerOptions, DestinationLike } from "./contract.ts";
import { OpenWireError } from "./errors.ts";
import type { Destination } from "./wire/commands.ts";

const prefixes: readonly [prefix: string, type: Destination["type"]][] = [
  ["queue://", "ActiveMQQueue"],
  ["topic://", "ActiveMQTopic"],
  ["temp-queue://", "ActiveMQTempQueue"],
  ["temp-topic://", "ActiveMQTempTopic"],
];

/** A destination from what people write (openwire.md §9), its `?consumer.…` options left out. Throws `usage` for an empty name. */
export function toDestination(like: DestinationLike): Destination {
  if (typeof like !== "string") return like;
  const text = like.split("?")[0] ?? "";
  const [prefix, type] = prefixes.find(([candidate]) => text.startsWith(candidate)) ?? ["", "ActiveMQQueue"];
  const physicalName = text.slice(prefix.length);
  if (physicalName === "")
    throw new OpenWireError({ code: "usage", message: `"${like}" names no queue and no topic` });
  return { type: type as Destination["type"], physicalName };
}

/** Consumer settings inside a name: `Q?consumer.prefetchSize=5&consumer.exclusive=true`. Throws `usage` for one that nobody knows. */
export function consumerOptionsOf(like: DestinationLike): ConsumerOptions {
  if (typeof like !== "string" || !like.includes("?")) return {};
  const options: ConsumerOptions = {};
  for (const [name, value] of new URLSearchParams(like.slice(like.indexOf("?") + 1))) {
    switch (name) {
      case "consumer.prefetchSize":
        options.prefetch = Number(value);
        break;
      case "consumer.priority":
        options.priority = Number(value);
        break;
      case "consumer.exclusive":
        options.exclusive = value === "true";
        break;
      case "consumer.noLocal":
        options.noLocal = value === "true";
        break;
      case "consumer.retroactive":
        options.retroactive = value === "true";
        break;
      case "consumer.selector":
        options.selector = value;
        break;
      case "consumer.browser":
        options.browse = value === "true";
        break;
      case "consumer.dispatchAsync":
      case "consumer.maximumPendingMessageLimit":
        break;
      default:
        throw new OpenWireError({ code: "usage", message: `there is no option "${name}" of a destination` });
    }
  }
  return options;
}

/** With its prefix: how it is shown. */
export function nameOf({ type, physicalName }: Destination): string {
  const prefix = prefixes.find(([, candidate]) => candidate === type)?.[0] ?? "";
  return `${prefix}${physicalName ?? ""}`;
}

export function isTopic({ type }: Destination): boolean {
  return type === "ActiveMQTopic" || type === "ActiveMQTempTopic";
}

export function isTemporary({ type }: Destination): boolean {
  return type === "ActiveMQTempQueue" || type === "ActiveMQTempTopic";
}
