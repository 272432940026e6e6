import { toCtiError } from "../model/errors.ts";
import type { CtiEvent } from "../model/events.ts";
import type { EventsQuery } from "./contract.ts";
import { queryString } from "./query.ts";
import { SseParser } from "./sse.ts";
import type { Transport } from "./transport.ts";

/**
 * Live events. When the connection breaks it is made again and continues after the last event seen; between two events of one reader
 * nothing is lost. Ends when `signal` aborts; throws when no connector is left.
 */
export async function* eventStream(
  transport: Transport,
  query: EventsQuery,
  signal: AbortSignal | undefined,
): AsyncGenerator<CtiEvent, void, undefined> {
  let last: string | undefined;
  // Ends the connection when the reader stops early.
  const own = new AbortController();
  const both = signal === undefined ? own.signal : AbortSignal.any([signal, own.signal]);
  try {
    for (;;) {
      const response = await transport.send({
        method: "GET",
        path: `/events${queryString({ ...query })}`,
        headers: { Accept: "text/event-stream", ...(last !== undefined && { "Last-Event-ID": last }) },
        signal: both,
      });
      // Until the first event the place in the stream is the connector's to know.
      last ??= response.headers.get("Cti-Position") ?? undefined;
      if (response.body === null) return;
      try {
        const parser = new SseParser();
        const decoder = new TextDecoder();
        for await (const piece of response.body) {
          for (const { id, data } of parser.push(decoder.decode(piece, { stream: true }))) {
            last = id ?? last;
            // Written by this program's own connector, whose api number was compared.
            yield JSON.parse(data) as CtiEvent;
            if (both.aborted) return;
          }
        }
      } catch (error) {
        if (both.aborted) return;
        // The connection broke: the worker is being restarted. Anything else is a mistake of ours.
        if (error instanceof SyntaxError) throw error;
      }
      if (both.aborted) return;
    }
  } catch (thrown) {
    if (both.aborted) return;
    throw toCtiError(thrown);
  } finally {
    own.abort();
  }
}
