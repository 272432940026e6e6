/** An event line with its fields by name. What has no name here stands in `more`, in order. */
export type ParsedGcEvent = { event: string; agent: string } & Record<string, unknown>;

/**
 * Reads an event line (generic-connector.md §5.1) by the tolerant rules of §2: missing fields at the end are left out, names in any case,
 * `label:value` parted at the first colon. An unknown event is shown with its fields as they came; a line of the JSON flavour as it is.
 * Never throws.
 */
export function parseGcEvent(line: string): ParsedGcEvent {
  const text = line.replace(/[\r\n]+$/, "");
  const json = parseJson(text);
  if (json !== undefined) return json;
  const [agent = "", name = "", ...rest] = text.split("#");
  const known = Object.hasOwn(layouts, name.toLowerCase()) ? layouts[name.toLowerCase()] : undefined;
  if (known === undefined) return { agent, event: name, ...(rest.length > 0 && { more: rest }) };
  return { agent, event: known.event, ...known.read(rest) };
}

function parseJson(text: string): ParsedGcEvent | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const given = new Map(Object.entries(value));
    return {
      ...Object.fromEntries(given),
      agent: String(given.get("agent") ?? ""),
      event: String(given.get("event") ?? ""),
    };
  } catch {
    return undefined;
  }
}

type Read = (text: string) => unknown;
type Layout = { event: string; read: (parts: readonly string[]) => Record<string, unknown> };

const text: Read = (part) => part;
const labelled: Read = (part) => part.slice(part.indexOf(":") + 1);
const flag: Read = (part) => part.trim().toLowerCase() === "true";
const count: Read = (part) => {
  const number = Number(labelled(part));
  return Number.isInteger(number) ? number : labelled(part);
};
const list: Read = (part) => (part === "" ? [] : part.split(","));
const labelledList: Read = (part) => list(String(labelled(part)));

const teams: Read = (part) =>
  items(part).map((item) => {
    const [id = "", ...name] = item.split(",");
    return { id, name: name.join(",") };
  });

const callVariables: Read = (part) =>
  Object.fromEntries(
    items(part).map((item) => {
      const equals = item.indexOf("=");
      return equals < 0 ? [item, ""] : [item.slice(0, equals), item.slice(equals + 1)];
    }),
  );

const participants: Read = (part) =>
  items(String(labelled(part))).map((item) => {
    const [extension = "", state = "", third = "", type = ""] = item.split(",");
    return { extension, state, live: third !== "NULL", type };
  });

function items(part: string): string[] {
  return part === "" ? [] : part.split("|");
}

/** One `name:value,…` in each field. */
function members(part: string): Record<string, string> {
  return Object.fromEntries(
    part.split(",").map((member) => {
      const colon = member.indexOf(":");
      return colon < 0 ? [member, ""] : [member.slice(0, colon), member.slice(colon + 1)];
    }),
  );
}

/** Fields by position, from [2] on. */
function positions(event: string, names: readonly (readonly [string, Read])[]): Layout {
  return {
    event,
    read: (parts) => {
      const named = parts
        .slice(0, names.length)
        .map((part, at) => [names[at]?.[0] ?? "", names[at]?.[1](part)] as const)
        .filter(([name]) => name !== "");
      const more = parts.slice(names.length);
      return { ...Object.fromEntries(named), ...(more.length > 0 && { more }) };
    },
  };
}

/** Any number of items from [2] on, or one of words that there are none. */
function rows(event: string, name: string): Layout {
  return {
    event,
    read: (parts) => {
      const [only = ""] = parts;
      if (parts.length <= 1 && !only.includes(":")) return { [name]: [], ...(only !== "" && { text: only }) };
      return { [name]: parts.map(members) };
    },
  };
}

/** A field that the protocol leaves unknown, or that has no use here. */
const unnamed = ["", text] as const;

const all: Layout[] = [
  ...["IN_SERVICE", "OUT_OF_SERVICE", "RECONNECT", "DESTINATION", "Resumed", "Interrupted"].map((event) =>
    positions(event, []),
  ),
  positions("AgentInfo", [
    ["firstName", text],
    ["lastName", text],
    ["supervisor", flag],
    ["wrapUp", text],
    ["teamCount", count],
    ["teams", teams],
    ["teamId", text],
    ["name", text],
  ]),
  positions("State", [
    ["state", text],
    ["reasonCode", text],
    unnamed,
    unnamed,
    unnamed,
    ["name", text],
    ["loginId", text],
    ["extension", text],
  ]),
  positions("NewInboundCall", [
    ["ani", text],
    ["variables", callVariables],
    ["dialogId", labelled],
  ]),
  {
    event: "InboundCall",
    read: (parts) => {
      const read = positions("InboundCall", [
        ["state", text],
        ["dialogId", labelled],
        [parts[0] === "FAILED" ? "text" : "party", text],
        ["variables", callVariables],
        ["startTime", text],
        ["callType", labelled],
        unnamed,
        ["participants", participants],
      ]);
      return read.read(parts);
    },
  },
  ...["ConsultCall", "NewOutboundCall", "DialogState"].map((event) =>
    positions(event, [
      ["state", text],
      ["dialogId", labelled],
      ["number", text],
    ]),
  ),
  {
    event: "ReasonCodes",
    read: (parts) => {
      const { kind, codes, labels } = positions("", [
        ["kind", text],
        ["codes", list],
        ["labels", labelledList],
      ]).read(parts);
      return { kind, reasons: paired(codes, labels) };
    },
  },
  positions("Error", [
    ["command", text],
    ["code", text],
    ["text", text],
  ]),
  positions("Control", [unnamed, ["text", text]]),
  rows("TeamUsersList", "users"),
  rows("QueueList", "queues"),
  rows("Phonebooks", "phoneBooks"),
  rows("TeamPhoneBooks", "phoneBooks"),
  rows("PhonebookContacts", "contacts"),
];

/** Counts of codes and labels can differ: up to the shorter (§14). */
function paired(codes: unknown, labels: unknown): { code: string; label: string }[] {
  if (!Array.isArray(codes) || !Array.isArray(labels)) return [];
  return codes
    .slice(0, labels.length)
    .map((code: unknown, at) => ({ code: String(code), label: String(labels[at]) }));
}

const layouts: Record<string, Layout> = {
  ...Object.fromEntries(all.map((layout) => [layout.event.toLowerCase(), layout])),
  // Spelled so by some, see §14.
  not_recheable: positions("NOT_RECHEABLE", []),
  not_reachable: positions("NOT_RECHEABLE", []),
};
