import { listen } from "../../../src/crm/ebs/listener.ts";
import { systemClock } from "../../../src/platform/clock.ts";

/** What CheckStatus is answered with, but for the date. */
const body = "<CCTSDK/>";
const headers = {
  "Content-Type": "text/xml; charset=UTF-8",
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
};

/** A process of its own for one of both: the port of the EBS adapter, or `Bun.serve` that answers the same bytes. Prints its port number. */
const port =
  process.argv[2] === "ours"
    ? (
        await listen({
          settings: {
            listen: { host: "127.0.0.1", port: 0 },
            tls: undefined,
            hosts: [],
            allow: [],
            origins: [],
            loginTimeout: 8000,
            rate: { perSecond: 1e6, burst: 1e6 },
          },
          clock: systemClock,
          log: () => {},
          answer: async () => undefined,
        })
      ).port
    : Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(body, { headers }) }).port;
process.stdout.write(`${port}\n`);
