import { maskText } from "../../../platform/redact.ts";
import type { CtiPort } from "../../adapter.ts";
import type { Answer, OnAsk } from "./http.ts";
import { isRecord } from "./json.ts";

/** Bytes of a message that are kept: a list of matches is longer than anybody reads. */
const longest = 20_000;

/** Fields that name people or hold what was said of them. */
const personal = /^(?:Name|Description|Subject|CallDisposition|Username)$/;

/**
 * Puts each request and its answer into the trace. Of a sign-in that is what was asked and its status, and what Salesforce says of a refusal:
 * neither body is kept, whatever is in it. Headers never are.
 */
export function recordTo(trace: CtiPort["trace"]): OnAsk {
  return ({ method, url, body, agent, secret }) => {
    const { host, pathname, search } = new URL(url);
    const summary = `${method} ${pathname}`;
    const common = { channel: "http", peer: host, agent, cause: undefined } as const;
    const query = search === "" ? "" : decodeURIComponent(search.replaceAll("+", " "));
    const asked = (text: string | undefined): string =>
      [query, secret === true ? "" : (text ?? "")].filter((each) => each !== "").join("\n");
    trace({
      ...common,
      direction: "out",
      summary,
      text: asked(body),
      ...(body !== undefined && secret !== true && { masked: () => asked(maskedText(parsed(body))) }),
    });
    return (heard) => {
      const answered = "status" in heard;
      const kept = answered && secret === true ? refusalOf(heard) : answered ? heard.body : "";
      trace({
        ...common,
        direction: "in",
        summary: `${summary} → ${answered ? heard.status : heard.code}`,
        text: textOf(kept),
        ...(isData(kept) && { masked: () => maskedText(kept) }),
      });
    };
  };
}

function refusalOf({ body }: Answer): unknown {
  if (!isRecord(body) || typeof body.error !== "string") return "";
  return { error: body.error, error_description: body.error_description };
}

const isData = (value: unknown): value is object => typeof value === "object" && value !== null;

function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function maskedText(value: unknown): string {
  return textOf(masked(value));
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      personal.test(name) && typeof each === "string" && each !== "" ? maskText : masked(each),
    ]),
  );
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}
