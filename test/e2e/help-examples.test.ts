import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createEncoder } from "../../src/openwire/wire/encoder.ts";
import { wireFormatInfo } from "../../src/openwire/wire/wire-format.ts";
import { hasActiveMq, startBroker } from "../interop/servers/activemq.ts";
import { SalesforceProcess } from "./salesforce.ts";
import { Serving } from "./serving.ts";
import { ctiPath, Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await new Stage().open();
  writeFileSync(
    join(stage.folder, "stanza.xml"),
    "<Update><data><dialog><id>1</id><state>ALERTING</state></dialog></data><event>POST</event><source>/finesse/api/User/1001/Dialogs</source></Update>",
  );
  for (const name of ["sent.bin", "received.bin"])
    writeFileSync(join(stage.folder, name), createEncoder().encode(wireFormatInfo()));
});
afterAll(() => stage.close());

/** The examples of `cti COMMAND --help`, as somebody would paste them. */
async function examplesOf(command: string): Promise<string[]> {
  const { out } = await stage.ok(`${command} --help`);
  const [, examples = ""] = out.split("\nExamples\n");
  return (examples.split("\n\n")[0] ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

async function paste(line: string, over = {}): Promise<{ line: string; code: number; err: string }> {
  const child = Bun.spawn(
    ["bash", "-c", line.replaceAll("https://localhost:8445", stage.env.CTI_FINESSE ?? "")],
    {
      env: { ...stage.env, ...over, EDITOR: "true", PATH: `${join(ctiPath, "..")}:${stage.env.PATH ?? ""}` },
      cwd: stage.folder,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const [code, err] = await Promise.all([
    child.exited,
    new Response(child.stderr).text(),
    new Response(child.stdout).text(),
  ]);
  return { line, code, err };
}

/** What needs another machine's parts, a terminal, an id of the moment, or does not end by itself. */
const notHere =
  /^cti sim\b.*(&$|--seed|--rest-port|--ca-out)|^cti login$|^pass |^cti serve|^cti console|events -f|--call 1680|completion zsh|\/fish\/|^cti wait call.started/;

/** Commands in an order in which each finds what it needs, and what has to be typed before. */
const morning: [command: string, before?: string][] = [
  ["login"],
  ["status"],
  ["reasons"],
  ["not-ready"],
  ["config show"],
  ["config check"],
  ["config path"],
  ["decode"],
  ["completion"],
  ["console"],
  ["help"],
  ["phonebook"],
  ["dial"],
  ["drop", "cti dial 5551234 --wait active"],
  ["ready"],
  ["answer"],
  ["wait"],
  ["calls"],
  ["queues"],
  ["team"],
  ["dtmf"],
  ["set"],
  ["hold"],
  ["retrieve"],
  ["wrap-up", "cti drop"],
  ["events"],
  ["deliveries"],
  ["deliveries list"],
  ["deliveries retry"],
  ["deliveries discard"],
  ["logout", "cti not-ready Lunch"],
  ["stop"],
];

test("every example of the help works as typed, against the simulator", async () => {
  for (const [command, before] of morning) {
    if (before !== undefined) expect(await paste(before)).toMatchObject({ code: 0 });
    for (const line of await examplesOf(command)) {
      if (notHere.test(line) || (line.includes("jq ") && Bun.which("jq") === null)) continue;
      // Signing out and stopping come twice: the agent has to be there again.
      if (command === "logout" || command === "stop") await stage.cti("login -a 1001 -e 2001");
      expect(await paste(line)).toEqual({ line, code: 0, err: "" });
      if (command === "dial" || command === "phonebook") await stage.cti("drop");
    }
  }
});

test.skipIf(!hasActiveMq)(
  "and those of the CRM's side, with a broker and cti serve",
  async () => {
    const broker = await startBroker();
    const serving = await new Serving(stage, "examples", { broker: `failover:(${broker.url})` }).start();
    try {
      writeFileSync(
        join(stage.folder, "morning.gc"),
        "send Connect#1009 desk,${password}\nsend Login#1009 ${password},2009\nexpect State=NOT_READY\nsend Logout#1009\nexpect State=LOGOUT\n",
      );
      for (const command of ["adapters", "gc send", "gc play"]) {
        for (const line of await examplesOf(command)) {
          if (line.includes("jq ") && Bun.which("jq") === null) continue;
          const here = line.replaceAll("tcp://localhost:61616", broker.url);
          const ran = await paste(here, serving.env);
          expect({ ...ran, err: ran.code === 0 ? "" : ran.err }).toEqual({ line: here, code: 0, err: "" });
        }
      }
    } finally {
      await serving.end();
      await broker.end();
    }
  },
  60_000,
);

/** What asks a person, goes on until it is ended, or needs a profile, a key store or a page of somebody's. */
const notAtSalesforce = /--profile|sign-in|sign-out|webhooks (?:listen|secret$|secret .*--rotate|test)/;

test("and those of Salesforce's side, with the stand-in org and cti serve", async () => {
  const file = (name: string): string => join(stage.folder, name);
  const [ca, key] = [file("salesforce-ca.pem"), file("salesforce-key.pem")];
  const org = await SalesforceProcess.start(stage, "--ca-out", ca, "--key-out", key);
  const serving = new Serving(
    stage,
    "salesforce",
    {
      listen: "127.0.0.1:0",
      salesforce: {
        login: org.url,
        "client-id": "cti-sim",
        flow: "jwt",
        user: "integration@example.com",
        key,
        ca,
      },
      webhooks: { "allow-networks": ["127.0.0.0/8"], crm: { url: "http://127.0.0.1:9/cti" } },
    },
    "open-cti",
  );
  const env = {
    ...serving.env,
    CTI_WEBHOOK_CRM_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
  };
  await serving.start(env);
  try {
    await serving.ok("login -a 1008 -e 2008");
    await serving.ok("login -a 1002 -e 2002");
    const commands = [
      "open-cti definition",
      "open-cti trust",
      "open-cti pair",
      "open-cti status",
      "webhooks list",
      "webhooks secret",
      "webhooks openapi",
      "webhooks schema",
      "sim salesforce tasks",
      "sim salesforce pops",
      "sim salesforce calls",
      "sim salesforce state",
      "sim salesforce fail",
      "sim salesforce heal",
    ];
    for (const command of commands)
      for (const line of await examplesOf(command)) {
        if (notAtSalesforce.test(line) || (line.includes("jq ") && Bun.which("jq") === null)) continue;
        // The stand-in is found by its runtime directory.
        const over = command.startsWith("sim") ? {} : { ...env, CTI_AGENT: "1008" };
        const ran = await paste(line, over);
        expect({ ...ran, err: ran.code === 0 ? "" : ran.err }).toEqual({ line, code: 0, err: "" });
      }
  } finally {
    await serving.end();
    await org.end();
  }
}, 60_000);
