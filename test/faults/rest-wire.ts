import type { Credentials } from "../../src/finesse/contract.ts";
import type { Answer } from "../../src/finesse/rest-answer.ts";
import type { Exchange, RestRequest } from "../../src/finesse/rest.ts";
import { CtiError } from "../../src/model/errors.ts";
import type { Clock } from "../../src/platform/clock.ts";
import type { SimBackend } from "../../src/simulator/contract.ts";
import type { Chance } from "./chance.ts";
import type { Lifetime } from "./stepped-clock.ts";
import type { Story } from "./story.ts";
import type { Weather } from "./weather.ts";
import type { Witness } from "./witness.ts";

export interface WireParts {
  backend: SimBackend;
  clock: Clock;
  chance: Chance;
  weather: Weather;
  witness: Witness;
  story: Story;
}

const requestTimeout = 10_000;

/** Requests of one process to the simulated Finesse, through the weather. */
export function restWire(parts: WireParts, life: Lifetime, credentials: Credentials): Exchange {
  const { backend, clock, chance, weather, witness, story } = parts;
  const agent = credentials.username;
  let closed = false;
  return {
    send: (request) =>
      new Promise<Answer>((resolve, reject) => {
        // A process that died in the middle of a task does not go on to send.
        if (!life.alive) return;
        if (closed) return reject(lost(request, "UND_ERR_DESTROYED", false));
        const cancel = life.after(requestTimeout, () => reject(timedOut(request)));
        const fail = (error: CtiError, delay: number) =>
          life.after(delay, () => {
            cancel();
            reject(error);
          });
        const fate = fateOf(parts);
        if (fate !== "done") story.count(`fault: REST ${fate}`);
        const name = `${request.method} ${request.path.replace("/finesse/api", "")}`;
        const latency = () => chance.between(...weather.latency);
        if (fate === "refused") return void fail(lost(request, "ECONNREFUSED", false), latency());
        if (fate === "request lost") return;
        if (fate === "request reset") return void fail(lost(request, "ECONNRESET", true), latency());
        // Bytes on the way arrive even when the one who sent them has died.
        clock.after(latency(), () => {
          const reply = (answer: Answer) =>
            life.after(latency(), () => {
              cancel();
              resolve(answer);
            });
          if (fate === "502, not done") return void reply(badGateway);
          const answer = backend.handleApi({
            method: request.method,
            target: request.path,
            authorization:
              request.authenticated === false
                ? undefined
                : `Basic ${btoa(`${agent}:${credentials.password.reveal()}`)}`,
            contentType: request.body === undefined ? undefined : "application/xml",
            requestId: request.context?.requestId,
            body: request.body ?? "",
          });
          witness.asked(agent, request, answer.status);
          if (request.method !== "GET")
            story.tell(agent, `${name} ${request.context?.requestId ?? ""} → ${answer.status} (${fate})`);
          if (fate === "answer lost") return;
          if (fate === "answer reset") return void fail(lost(request, "ECONNRESET", true), latency());
          if (fate === "502, done") return void reply(badGateway);
          reply({
            status: answer.status,
            location: undefined,
            contentType: answer.headers["content-type"],
            body: answer.body,
          });
        });
      }),
    close: async () => {
      closed = true;
    },
  };
}

/** The web proxy in Finesse's place. */
const badGateway: Answer = {
  status: 502,
  location: undefined,
  contentType: "text/html",
  body: "<html><head><title>502 Bad Gateway</title></head></html>",
};

type Fate =
  | "done"
  | "refused"
  | "request lost"
  | "request reset"
  | "answer lost"
  | "answer reset"
  | "502, done"
  | "502, not done";

function fateOf({ weather, chance }: WireParts): Fate {
  if (weather.reach === "refused") return "refused";
  if (weather.reach === "silent") return "request lost";
  if (chance.happens(weather.loseRequest)) return "request lost";
  if (chance.happens(weather.resetRequest)) return "request reset";
  if (chance.happens(weather.loseAnswer)) return "answer lost";
  if (chance.happens(weather.resetAnswer)) return "answer reset";
  if (chance.happens(weather.badGateway)) return chance.happens(0.3) ? "502, done" : "502, not done";
  return "done";
}

function timedOut(request: RestRequest): CtiError {
  return new CtiError({
    code: "timeout",
    message: `Finesse did not answer ${request.method} ${request.path} within ${requestTimeout / 1000} s`,
  });
}

/** As `rest-http.ts` words it: a connection that came about and broke leaves open what became of the request. */
function lost(request: RestRequest, systemCode: string, mayBeDone: boolean): CtiError {
  return new CtiError({
    code: "finesse-unreachable",
    message: `cannot reach Finesse (${request.method} ${request.path})`,
    why: systemCode,
    details: { systemCode, ...(mayBeDone && { mayBeDone }) },
  });
}
