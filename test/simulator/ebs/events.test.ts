import { describe, expect, test } from "bun:test";
import { connect } from "node:net";
import fc from "fast-check";
import { document, established, eventXml, pop, released, Stage, xmlType } from "./stage.ts";

describe("the event listener", () => {
  test("takes a POST at any path, several events in one body, and answers 200 with nothing", async () => {
    await using stage = await Stage.registered();
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n${document(pop("a"), established("a"), released("a"))}`;
    const response = await stage.post(body, { path: "any/path?x=1" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(stage.ebs.events().map(({ name, taken }) => [name, taken])).toEqual([
      ["ScreenPop", true],
      ["CallEstablished", true],
      ["CallReleased", true],
    ]);
    expect(stage.ebs.history()).toMatchObject([
      { id: "a", state: "ended", agent: "1001", extension: "2001" },
    ]);
    expect(stage.ebs.complaints()).toEqual([]);
  });

  test("any text in an attribute survives", async () => {
    await using stage = await Stage.registered();
    // oxlint-disable-next-line no-control-regex
    const illegal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
    const text = fc.string({ unit: "binary", maxLength: 20 }).map((each) => each.replace(illegal, ""));
    const key = text.filter((each) => !/^(occt|customer|contact|screen|account|event|service)/i.test(each));
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, text), async (free) => {
        const id = `p${(number += 1)}`;
        const names = { name: "عائشہ & “Ömer” 📞 <ü> it's", "": "no name" };
        await stage.post(document(pop(id, { ...free, ...names })));
        const event = stage.ebs.events().at(-1);
        expect(event?.data).toEqual({
          occtSourceID: id,
          occtANI: "03001234567",
          occtDNIS: "2001",
          ...free,
          ...names,
        });
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["not-xml", "<CCTSDK><event"],
    ["not-xml", ""],
    ["not-xml", "hello"],
    ["typographic-quotes", "<CCTSDK><event name=”ScreenPop”/></CCTSDK>"],
    ["not-cctsdk", "<cctsdk/>"],
    ["no-event", "<CCTSDK/>"],
    ["encoding", new Uint8Array([...Buffer.from("<CCTSDK>"), 0xe9, ...Buffer.from("</CCTSDK>")])],
  ])("a body that cannot be used is a complaint and kept: %s", async (kind, body) => {
    await using stage = await Stage.registered();
    expect((await stage.post(body)).status).toBe(200);
    const text = typeof body === "string" ? body : new TextDecoder().decode(body);
    expect(stage.ebs.complaints()).toMatchObject([{ agent: "1001", kind, body: text }]);
    expect(stage.ebs.events()).toEqual([]);
  });

  test("what is malformed loses nothing of what comes before and after", async () => {
    await using stage = await Stage.registered();
    const whole = document(pop("x"), established("x"), released("x"));
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
        const [before, after] = [`b${(number += 1)}`, `a${number}`];
        const had = stage.ebs.complaints().length;
        await stage.post(document(pop(before)));
        await stage.post(whole.slice(0, length));
        await stage.post(document(pop(after)));
        const ids = stage.ebs.history().map(({ id }) => id);
        expect(ids.slice(-2)).toEqual([before, after]);
        expect(stage.ebs.complaints().slice(had)).toMatchObject([
          { kind: "not-xml", body: whole.slice(0, length) },
        ]);
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    ["unknown-event", eventXml("CallAnswered", { occtSourceID: "x" }), "CallAnswered"],
    ["unknown-event", eventXml("Screenpop", { occtSourceID: "x" }), "ScreenPop was meant"],
    ["unknown-event", "<event/>", "no name"],
    ["missing-data", eventXml("ScreenPop", { occtSourceID: "x", occtDNIS: "2001" }), "occtANI"],
    ["missing-data", eventXml("CallReleased"), "occtSourceID"],
    ["missing-data", eventXml("CallReleased", { occtSourceID: " " }), "empty"],
    ["missing-data", eventXml("Error", { message: "x" }), "occtErrorMsg"],
  ])("an event that cannot be taken: %s, and the others are", async (kind, event, words) => {
    await using stage = await Stage.registered();
    await stage.post(document(pop("before"), event, pop("after")));
    expect(stage.ebs.complaints()).toMatchObject([{ kind, text: expect.stringContaining(words) }]);
    expect(stage.ebs.events().map(({ taken }) => taken)).toEqual([true, false, true]);
    expect(stage.ebs.history().map(({ id }) => id)).toEqual(["before", "after"]);
  });

  test.each([
    ["spelling", pop("x", { customerNum: "1" }), "CustomerNum"],
    ["data-twice", pop("x").replace("</event>", '<data name="occtANI" value="2"/></event>'), "occtANI"],
    ["unexpected", pop("x").replace("</event>", "<date/></event>"), "<date>"],
    ["unexpected", pop("x").replace("</event>", "text</event>"), "text"],
    ["unexpected", pop("x").replace("<event", '<event id="1"'), "id"],
    ["wrong-seat", pop("x", { occtDNIS: "2002" }), "1002"],
  ])("an event that is taken with a complaint: %s", async (kind, event, words) => {
    const seats = [
      { agent: "1001", extension: "2001" },
      { agent: "1002", extension: "2002" },
    ];
    await using stage = await Stage.registered({ seats });
    await stage.post(document(event));
    expect(stage.ebs.complaints()).toMatchObject([
      { kind, text: expect.stringContaining(words), sourceId: "x" },
    ]);
    expect(stage.ebs.history()).toMatchObject([{ id: "x", ani: "03001234567" }]);
  });

  test.each([
    [{ "Content-Type": "application/json" }, "application/json"],
    [{ "Content-Type": "text/xml; charset=ISO-8859-1" }, "ISO-8859-1"],
    [{ "Content-Type": "" }, "Content-Type"],
  ])("the content type has to be right: %p", async (headers, words) => {
    await using stage = await Stage.registered();
    await stage.post(document(pop("x")), { headers });
    expect(stage.ebs.complaints()).toMatchObject([
      { kind: "content-type", text: expect.stringContaining(words) },
    ]);
    expect(stage.ebs.history()).toHaveLength(1);
  });

  test("another method, and a page of the web, are refused", async () => {
    await using stage = await Stage.registered();
    expect((await stage.post("", { method: "PUT" })).status).toBe(405);
    const page = { ...xmlType, Origin: "https://evil.example.com" };
    expect((await stage.post(document(pop("x")), { headers: page })).status).toBe(403);
    expect(stage.complaintKinds).toEqual(["method", "web-page"]);
    expect(stage.ebs.history()).toEqual([]);
  });

  test("a request that breaks off is a complaint, and the next is taken", async () => {
    await using stage = await Stage.registered();
    const { port } = new URL(stage.ebs.listenerUrl);
    const socket = connect(Number(port), "127.0.0.1");
    const head = `POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n\r\n`;
    socket.write(`${head}<CCTSDK>`, () => socket.destroy());
    await stage.ebs.waitFor(() => stage.complaintKinds.includes("cut"));
    await stage.post(document(pop("a")));
    expect(stage.ebs.history()).toHaveLength(1);
  });

  test("before a Register and after the Unregister nothing should come", async () => {
    await using stage = await Stage.open();
    await stage.post(document(pop("a")));
    await stage.ebs.callout("1001", "Register");
    await stage.post(document(established("a")));
    await stage.ebs.callout("1001", "Unregister");
    await stage.post(document(released("a")));
    expect(stage.ebs.complaints()).toMatchObject([
      { kind: "not-registered", text: expect.stringContaining("before a Register"), sourceId: "a" },
      {
        kind: "not-registered",
        text: expect.stringContaining("after the Unregister"),
        event: "CallReleased",
      },
    ]);
    expect(stage.ebs.history()).toMatchObject([{ complete: true }]);
  });
});

describe("what the user sees", () => {
  async function seen(...events: string[]): Promise<string[]> {
    await using stage = await Stage.registered();
    const texts: string[] = [];
    stage.ebs.watch(({ text }) => texts.push(text));
    await stage.post(document(...events));
    return texts;
  }

  test.each([
    [
      pop("a", { ServiceRequestNum: "48213", occtScreenPopAction: "InquireSR" }),
      "SCREEN POP  03001234567  → Ayesha Khan (by ServiceRequestNum 48213): service request query",
    ],
    [
      pop("a", { PARTY_ID: "100005", occtScreenPopAction: "CreateSR" }),
      "SCREEN POP  03001234567  → Jürgen Müller-Weiß (by PARTY_ID 100005): create service request",
    ],
    [
      pop("a", { occtANI: "04235551000", occtScreenPopAction: "whatever" }),
      "SCREEN POP  04235551000  → 2 customers to choose from, بلال احمد, ثناء احمد (by occtANI 04235551000): service request query",
    ],
    [
      pop("a", { occtANI: "999", occtScreenPopAction: "CreateSR" }),
      "SCREEN POP  999  → no customer: the configured page",
    ],
    [pop("a", { occtANI: "" }), "SCREEN POP  number withheld  → no customer: the configured page"],
    [eventXml("Error", { occtErrorMsg: "line busy ", KeyErrorDetails: "486" }), "ERROR  line busy (486)"],
    [eventXml("TelephonyDisabled"), "telephony disabled"],
    [eventXml("TelephonyEnabled"), "telephony enabled"],
    [established("a"), "interaction a begins (unannounced: no screen pop before)"],
    [released("a"), "COMPLAINT  CallReleased of a, of which nothing was heard before"],
  ])("%s", async (event, text) => expect(await seen(event)).toEqual([text]));

  test("an interaction begins and ends once, however often the records come", async () => {
    expect(await seen(pop("a"), established("a"), established("a"), released("a"), released("a"))).toEqual([
      expect.stringContaining("SCREEN POP"),
      "interaction a begins",
      "interaction a ends after 0:00",
    ]);
    expect((await seen(pop("a"), released("a")))[1]).toBe("call a ends unanswered: no interaction");
  });
});
