/** One server-sent event. */
export interface ServerSentEvent {
  id: string | undefined;
  data: string;
}

/**
 * Reads a server-sent event stream from pieces of text that may be cut anywhere. Comments and unknown fields are passed over, as the
 * standard asks.
 */
export class SseParser {
  #rest = "";
  #id: string | undefined;
  #data: string[] = [];

  /** The events that `text` completes. */
  push(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (line === "") {
        if (this.#data.length > 0) events.push({ id: this.#id, data: this.#data.join("\n") });
        this.#data = [];
        continue;
      }
      const colon = line.indexOf(":");
      if (colon === 0) continue;
      const field = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
      if (field === "data") this.#data.push(value);
      else if (field === "id") this.#id = value;
    }
    return events;
  }
}

/** The text of one event. `data` may hold newlines, `id` may not. */
export function formatSse(event: { id: string; data: string }): string {
  const data = event.data
    .split("\n")
    .map((line) => `data: ${line}\n`)
    .join("");
  return `id: ${event.id}\n${data}\n`;
}
