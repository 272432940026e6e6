import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ctiPath, Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await new Stage().open();
  writeFileSync(
    join(stage.folder, "stanza.xml"),
    "<Update><data><dialog><id>1</id><state>ALERTING</state></dialog></data><event>POST</event><source>/finesse/api/User/1001/Dialogs</source></Update>",
  );
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

async function paste(line: string): Promise<{ line: string; code: number; err: string }> {
  const child = Bun.spawn(
    ["bash", "-c", line.replaceAll("https://localhost:8445", stage.env.CTI_FINESSE ?? "")],
    {
      env: { ...stage.env, EDITOR: "true", PATH: `${join(ctiPath, "..")}:${stage.env.PATH ?? ""}` },
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

/** What needs another machine's parts, an id of the moment, or does not end by itself. */
const notHere =
  /^cti sim\b.*(&$|--seed|--rest-port|--ca-out)|^cti login$|^pass |^cti serve|events -f|--call 1680|completion zsh|\/fish\/|^cti wait call.started/;

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
  ["help"],
  ["phonebook"],
  ["dial"],
  ["drop", "cti dial 5551234 --wait active"],
  ["ready"],
  ["answer"],
  ["wait"],
  ["calls"],
  ["dtmf"],
  ["set"],
  ["hold"],
  ["retrieve"],
  ["wrap-up", "cti drop"],
  ["events"],
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
