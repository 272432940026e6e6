import { CtiError, toCtiError } from "../../model/errors.ts";
import { Input } from "../server/input.ts";
import { bodyOf, failure, json, refusalOf } from "./local-http.ts";
import { portOf } from "../server/serve-node.ts";
import { type CalloutName, calloutWords } from "./callouts.ts";
import type { CalloutRecord, SeatState } from "./contract.ts";
import type { Ebs } from "./ebs.ts";
import { faultOf, faultText } from "./faults.ts";
import type { Interaction } from "./interaction.ts";

/** What the control API answers, by the name of what is asked; `cti sim ebs …` takes it at its word. */
export interface EbsAnswers {
  state: { seats: SeatState[]; faults: { agent: string; fault: string }[] };
  history: { interactions: Interaction[] };
  do: CalloutRecord;
  fail: { fault: string };
  heal: { healed: string[] };
}

const overview = {
  "GET /ebs/state": "the seats, and what is broken",
  "GET /ebs/history": "the interactions",
  "GET /ebs/events": "every event received",
  "GET /ebs/complaints": "every breach of the protocol",
  "GET /ebs/callouts": "every callout sent, with its reply",
  "POST /ebs/do": {
    summary: `sends a callout: ${Object.keys(calloutWords).join(", ")}`,
    example: { callout: "dial", agent: "1001", number: "5551234" },
  },
  "POST /ebs/fail": { summary: "breaks the event listeners", example: { fault: "status", value: 503 } },
  "POST /ebs/heal": { summary: "mends them", example: {} },
};

/** How scripts steer a simulated EBS: plain HTTP on the loopback, as the simulated Finesse's control API. */
export async function listenEbsControl(
  ebs: Ebs,
  port: number,
): Promise<{ url: string; stop(): Promise<void> }> {
  const server = await portOf("control", port, "127.0.0.1", () =>
    Bun.serve({
      hostname: "127.0.0.1",
      port,
      maxRequestBodySize: 1024 * 1024,
      async fetch(request, server) {
        const refusal = refusalOf(request, server.port ?? port);
        if (refusal !== undefined) return failure(refusal, 403);
        // A callout may take as long as it may.
        server.timeout(request, 0);
        try {
          return await answer(request, ebs);
        } catch (thrown) {
          return failure(toCtiError(thrown));
        }
      },
    }),
  );
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

async function answer(request: Request, ebs: Ebs): Promise<Response> {
  const { pathname } = new URL(request.url);
  const asked = `${request.method} ${pathname.replace(/\/$/, "")}`;
  switch (asked) {
    case "GET ":
    case "GET /ebs":
      return json(overview);
    case "GET /ebs/state":
      return json({ seats: ebs.seats(), faults: ebs.faults() } satisfies EbsAnswers["state"]);
    case "GET /ebs/history":
      return json({ interactions: ebs.history() } satisfies EbsAnswers["history"]);
    case "GET /ebs/events":
      return json({ events: ebs.events() });
    case "GET /ebs/complaints":
      return json({ complaints: ebs.complaints() });
    case "GET /ebs/callouts":
      return json({ callouts: ebs.callouts() });
    case "POST /ebs/do":
      return json(await callout(ebs, new Input(await bodyOf(request))));
    case "POST /ebs/fail":
      return json(await fail(ebs, new Input(await bodyOf(request))));
    case "POST /ebs/heal":
      return json(await heal(ebs, new Input(await bodyOf(request))));
    default: {
      const message = `there is no ${request.method} ${pathname}`;
      return failure(new CtiError({ code: "usage", message, hint: "GET /ebs lists what there is" }), 404);
    }
  }
}

async function callout(ebs: Ebs, input: Input): Promise<EbsAnswers["do"]> {
  const word = input.choice("callout", Object.keys(calloutWords) as (keyof typeof calloutWords)[]);
  const agent = input.optionalText("agent");
  const number = input.optionalText("number");
  const unescaped = input.flag("unescaped");
  input.done();
  const name: CalloutName = calloutWords[word];
  return ebs.callout(agent ?? onlySeat(ebs), name, { ...(number !== undefined && { number }), unescaped });
}

async function fail(ebs: Ebs, input: Input): Promise<EbsAnswers["fail"]> {
  const fault = faultOf(input.text("fault"), input.optionalText("value"));
  const agent = input.optionalText("agent");
  input.done();
  await ebs.fail(fault, agent);
  return { fault: faultText(fault) };
}

async function heal(ebs: Ebs, input: Input): Promise<EbsAnswers["heal"]> {
  const agent = input.optionalText("agent");
  input.done();
  return { healed: await ebs.heal(agent) };
}

function onlySeat(ebs: Ebs): string {
  const [only, ...others] = ebs.seats();
  if (only !== undefined && others.length === 0) return only.agent;
  throw new CtiError({
    code: "ambiguous-agent",
    message: "there are several seats",
    hint: `say which: --agent ${ebs
      .seats()
      .map(({ agent }) => agent)
      .join(" | ")}`,
  });
}
