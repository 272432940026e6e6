import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { openPort } from "../../crm/ebs/port.ts";
import { compileJava, startJava } from "../servers/java.ts";
import { installed } from "../servers/server.ts";

const place = "telesetNumber=70002&agentID=7001";

describe.skipIf(!installed("default-jdk-headless", ["/usr/bin/javac"]))("java.net.HttpURLConnection", () => {
  test("sends spaces and umlauts as they are, and is understood", async () => {
    const classes = await compileJava(join(import.meta.dir, "java"));
    const port = await openPort();
    const caller = startJava(classes, "Caller");
    const queries = [
      `FunctionName=MakeCall&${place}&dialString=(300) 123 45`,
      `FunctionName=Login&${place}&agentPassword=Müller xß`,
      "FunctionName=Register&agentID=7001&ipAddress=127.0.0.1&port=8888 telesetNumber=70002&",
      "FunctionName=CheckStatus",
      "",
    ];
    try {
      const answers = new Promise<string[]>((resolve) => {
        const lines: string[] = [];
        caller.onLine((line) => {
          lines.push(line);
          if (lines.length === queries.length) resolve(lines);
        });
      });
      for (const query of queries) caller.write(`${port.url}/?${query}`);
      expect(await answers).toEqual([
        ...Array<string>(4).fill("200 <CCTSDK/>"),
        expect.stringMatching(/^404 <CCTSDK>.*UnexpectedError/),
      ]);
      expect(port.callouts.map(({ callout }) => callout)).toMatchObject([
        { name: "MakeCall", number: "30012345" },
        { name: "Login", password: "Müller xß" },
        { name: "Register", port: 8888, extension: "70002" },
        { name: "CheckStatus" },
      ]);
    } finally {
      await caller.end();
      await port.stop();
    }
  }, 60_000);
});
