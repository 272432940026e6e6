import { CtiError, toCtiError } from "../../model/errors.ts";
import { bodyOf, failure, json, refusalOf } from "../ebs/local-http.ts";
import { Input } from "../server/input.ts";
import { portOf } from "../server/serve-node.ts";
import type { ApiCall, Complaint, Pop, SfUser, TaskView } from "./contract.ts";
import type { Desk } from "./desk.ts";
import type { PageInfo } from "./page/host.ts";

/** What the control API answers, by the name of what is asked; `cti sim salesforce …` takes it at its word. */
export interface SalesforceAnswers {
  state: {
    url: string;
    fault: string | null;
    limit: { max: number; left: number };
    users: readonly SfUser[];
    softphone: string | null;
    pages: PageInfo[];
    /** User codes of the device flow. */
    waiting: string[];
  };
  calls: { calls: ApiCall[] };
  tasks: { tasks: TaskView[] };
  pops: { pops: Pop[] };
  complaints: { complaints: Complaint[] };
  records: { records: Record<string, unknown>[] };
  click: { clicked: Record<string, unknown> };
  open: { opened: string };
  softphone: { softphone: string | null };
  record: { id: string };
  call: { number: string; state: string };
  fail: { fault: string };
  heal: { healed: string | null };
  approve: { code: string; user: string; denied: boolean };
}

const overview = {
  "GET /salesforce/state": "pages, users, what is broken, what waits for approval",
  "GET /salesforce/calls": "every call of REST, OAuth and Open CTI",
  "GET /salesforce/tasks": "the Tasks with their histories",
  "GET /salesforce/pops": "what came up on pages",
  "GET /salesforce/complaints": "every breach of what Salesforce asks for",
  "GET /salesforce/records": "all records; ?object=Contact those of one object",
  "POST /salesforce/click": {
    summary: "the user clicks a number on a page",
    example: { number: "5551234", page: "ID, or the newest" },
  },
  "POST /salesforce/open": {
    summary: "the user goes to a record, to what a search finds, or home",
    example: { record: "003…" },
  },
  "POST /salesforce/softphone": {
    summary: "what pages frame from now on; without url: nothing",
    example: { url: "https://127.0.0.1:8112/softphone" },
  },
  "POST /salesforce/record": {
    summary: "makes a record",
    example: { object: "Contact", fields: { LastName: "Khan", Phone: "5551234" } },
  },
  "POST /salesforce/call": {
    summary: "tells the judge of a customer's call: began or ended",
    example: { number: "5551234", state: "ended" },
  },
  "POST /salesforce/fail": {
    summary: "breaks something; for: milliseconds until it is mended",
    example: { fault: "status", value: 503, for: 5000 },
  },
  "POST /salesforce/heal": { summary: "mends it", example: {} },
  "POST /salesforce/approve": {
    summary: "a person answers the device flow",
    example: { code: "ABCDEFGH", user: "agent1001@example.com", deny: false },
  },
};

/** How scripts steer a simulated Salesforce: plain HTTP on the loopback, as the simulated Finesse's control API. */
export async function listenSalesforceControl(
  desk: Desk,
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
        try {
          return await answer(request, desk);
        } catch (thrown) {
          return failure(toCtiError(thrown));
        }
      },
    }),
  );
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

async function answer(request: Request, desk: Desk): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const asked = `${request.method} ${pathname.replace(/\/$/, "")}`;
  if (asked === "GET " || asked === "GET /salesforce") return json(overview);
  const [, name = ""] = /^\/salesforce\/(\w+)$/.exec(pathname) ?? [];
  const does = request.method === "POST" ? actions[name] : undefined;
  if (does !== undefined) {
    const input = new Input(await bodyOf(request));
    return json(await does(input, desk));
  }
  const shows = request.method === "GET" ? views[name] : undefined;
  if (shows !== undefined) return json(shows(desk, searchParams));
  const message = `there is no ${request.method} ${pathname}`;
  return failure(new CtiError({ code: "usage", message, hint: "GET /salesforce lists what there is" }), 404);
}

const views: Record<
  string,
  (desk: Desk, query: URLSearchParams) => SalesforceAnswers[keyof SalesforceAnswers]
> = {
  state: (desk) => ({
    url: desk.url,
    fault: desk.fault(),
    limit: desk.limit(),
    users: desk.org.users,
    softphone: desk.pages.softphone,
    pages: desk.pages.all(),
    waiting: desk.waiting(),
  }),
  calls: ({ org }) => ({ calls: org.calls() }),
  tasks: ({ org }) => ({ tasks: org.tasks() }),
  pops: ({ org }) => ({ pops: org.pops() }),
  complaints: ({ org }) => ({ complaints: org.complaints() }),
  records: (desk, query) => ({ records: desk.records(query.get("object") ?? undefined) }),
};

type Action = (
  input: Input,
  desk: Desk,
) => SalesforceAnswers[keyof SalesforceAnswers] | Promise<SalesforceAnswers[keyof SalesforceAnswers]>;

const actions: Record<string, Action> = {
  click(input, desk) {
    const [number, page] = [input.text("number"), input.optionalText("page")];
    input.done();
    return { clicked: desk.click(number, page) };
  },
  open(input, desk) {
    const record = input.optionalText("record");
    const [search, page] = [input.optionalText("search"), input.optionalText("page")];
    input.done();
    desk.open(
      { ...(record !== undefined && { recordId: record }), ...(search !== undefined && { search }) },
      page,
    );
    return { opened: record ?? search ?? "home" };
  },
  softphone(input, desk) {
    const url = input.optionalText("url");
    input.done();
    desk.softphone(url ?? null);
    return { softphone: desk.pages.softphone };
  },
  record(input, desk) {
    const [object, fields] = [input.text("object"), input.optionalTexts("fields")];
    input.done();
    return { id: desk.addRecord(object, fields ?? {}) };
  },
  call(input, desk) {
    const [number, state] = [input.text("number"), input.choice("state", ["began", "ended"])];
    input.done();
    if (state === "began") desk.org.callBegan(number);
    else desk.org.callEnded(number);
    return { number, state };
  },
  async fail(input, desk) {
    const [fault, value] = [input.text("fault"), input.optionalText("value")];
    const [count, time] = [input.optionalNumber("count"), input.optionalNumber("for")];
    input.done();
    return { fault: await desk.fail(fault, value, { count, for: time }) };
  },
  async heal(input, desk) {
    input.done();
    return { healed: await desk.heal() };
  },
  approve(input, desk) {
    const [code, user, deny] = [input.optionalText("code"), input.optionalText("user"), input.flag("deny")];
    input.done();
    return { ...desk.approve(code, user, deny), denied: deny };
  },
};
