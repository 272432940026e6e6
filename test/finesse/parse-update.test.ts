import { describe, expect, test } from "bun:test";
import { CtiError } from "../../src/model/errors.ts";
import { parseNotificationStanza } from "../../src/finesse/parse-stanza.ts";
import { dialogXml, escapeText, lateErrorXml, stanzaXml, updateXml, userXml } from "./samples.ts";

const parseOne = (stanza: string) => {
  const [update, ...rest] = parseNotificationStanza(stanza);
  expect(rest).toEqual([]);
  if (update === undefined) throw new Error("no update");
  return update;
};

describe("a notification stanza", () => {
  test("with escaped text holds a dialog with every field", () => {
    const update = parseOne(
      stanzaXml([escapeText(updateXml(dialogXml({ root: "dialog" }), { requestId: "r-1" }))]),
    );
    expect(update).toMatchObject({
      kind: "dialogs",
      event: "PUT",
      source: "/finesse/api/Dialog/147370467",
      requestId: "r-1",
      dialogs: [
        {
          id: "147370467",
          state: "ALERTING",
          fromAddress: "01042600000",
          toAddress: "811802",
          associatedDialogUri: undefined,
          dnis: "7073",
          callType: "PREROUTE_ACD_IN",
          wrapUpReason: "Sales Call",
          queueNumber: "5022",
          queueName: "UCM_PIM.Sales.SG",
          callKey: { prefix: "152018", callId: "217", sequence: "1" },
          variables: { callVariable1: "", callVariable2: "Müller & Söhne <1>, some value" },
          participants: [
            { mediaAddress: "7073", state: "ALERTING", actions: ["ANSWER"], stateCause: undefined },
          ],
          unknown: { mediaProperties: { mediaId: "1" } },
        },
      ],
    });
  });

  test("in another namespace, with real child elements, in lower case and another order, says the same", () => {
    const payload = `<Update><source>/finesse/api/User/1001001</source><requestId/><event>put</event><data>${userXml}</data></Update>`;
    const update = parseOne(stanzaXml([payload], { namespace: "urn:xmpp:push:0" }));
    expect(update).toMatchObject({
      kind: "user",
      event: "PUT",
      requestId: undefined,
      user: { id: "1001001" },
    });
  });

  test("may hold several items", () => {
    const payload = escapeText(updateXml(dialogXml({ root: "dialog" })));
    expect(parseNotificationStanza(stanzaXml([payload, payload]))).toHaveLength(2);
  });

  test("may be escaped once too often", () => {
    const update = parseOne(stanzaXml([escapeText(escapeText(updateXml(dialogXml({ root: "dialog" }))))]));
    expect(update).toMatchObject({
      kind: "dialogs",
      dialogs: [{ variables: { callVariable2: "Müller & Söhne <1>, some value" } }],
    });
  });

  test("takes a bare ampersand in a value as itself", () => {
    const xml = updateXml(dialogXml({ root: "dialog" })).replace("Sales Call", "A & B; C &copy; &#1; &#233;");
    const update = parseOne(stanzaXml([escapeText(xml)]));
    expect(update).toMatchObject({ dialogs: [{ wrapUpReason: "A & B; C &copy; \ufffd é" }] });
  });

  test("with a list of dialogs, of none, one or two", () => {
    for (const count of [0, 1, 2]) {
      const dialogs = Array.from({ length: count }, (_, index) => dialogXml({ id: String(index + 1) }));
      const update = parseOne(
        stanzaXml([escapeText(updateXml(`<dialogs>${dialogs.join("")}</dialogs>`, { event: "POST" }))]),
      );
      expect(update).toMatchObject({ kind: "dialogs", event: "POST" });
      expect(update.kind === "dialogs" && update.dialogs.map((dialog) => dialog.id)).toEqual(
        dialogs.map((_, index) => String(index + 1)),
      );
    }
  });

  test("that removes a dialog may carry its id alone", () => {
    const update = parseOne(
      stanzaXml([
        escapeText(
          updateXml("<dialogs><Dialog><uri>/finesse/api/Dialog/7</uri></Dialog></dialogs>", {
            event: "delete",
          }),
        ),
      ]),
    );
    expect(update).toMatchObject({ event: "DELETE", dialogs: [{ id: "7", state: "DROPPED" }] });
  });

  test("with a late refusal has Finesse's words and ours", () => {
    const update = parseOne(stanzaXml([escapeText(lateErrorXml)]));
    expect(update).toMatchObject({
      kind: "errors",
      event: "PUT",
      refusals: [
        {
          type: "Invalid Device",
          code: "260",
          words:
            "CF_INVALID_LOGON_DEVICE_SPECIFIED (10125 PERERR_TELDRIVE_NODEVICETARGETFORNETTARGETID: The routine could not find the device target.)",
          late: true,
        },
      ],
    });
    expect(update.kind === "errors" && update.refusals[0]?.hint).toContain("registered");
  });

  test("with SystemInfo says status and reason", () => {
    const data = "<systemInfo><status>OUT_OF_SERVICE</status><statusReason>CTI</statusReason></systemInfo>";
    const update = parseOne(stanzaXml([escapeText(updateXml(data, { source: "/finesse/api/SystemInfo" }))]));
    expect(update).toMatchObject({ kind: "system-info", status: "OUT_OF_SERVICE", reason: "CTI" });
  });

  test("of a kind that has no model keeps its data, one or many as they came", () => {
    const data =
      "<Queue><uri>/q/1</uri><statistics><callsInQueue>3</callsInQueue></statistics><x>1</x><x>2</x></Queue>";
    const update = parseOne(stanzaXml([escapeText(updateXml(data))]));
    expect(update).toMatchObject({
      kind: "other",
      name: "Queue",
      data: { uri: "/q/1", statistics: { callsInQueue: "3" }, x: ["1", "2"] },
    });
  });

  test("without a source is about the node it was published on", () => {
    const update = parseOne(
      stanzaXml([escapeText("<Update><event>PUT</event><data/></Update>")], { node: "/finesse/api/User/1" }),
    );
    expect(update).toMatchObject({ kind: "other", source: "/finesse/api/User/1", name: undefined });
  });

  test("that is no notification gives no updates", () => {
    expect(parseNotificationStanza("<message><body>hello</body></message>")).toEqual([]);
  });

  test.each([
    ["no event", updateXml(userXml).replace(/<event>.*<\/event>/, ""), "<event>"],
    ["no state", updateXml(userXml).replace(/<state>.*?<\/state>/, ""), "<state> of user 1001001"],
    ["no user id", updateXml("<user><state>READY</state></user>"), "<loginId>"],
    ["no dialog id", updateXml("<dialog><state>ACTIVE</state></dialog>"), "<id>"],
    ["no dialog state", updateXml("<dialog><id>5</id></dialog>"), "<state> of dialog 5"],
    ["something else", "<Other/>", "<Other>"],
  ])("with %s is an error that names it", (_, payload, named) => {
    expect.assertions(2);
    try {
      parseNotificationStanza(stanzaXml([escapeText(payload)]));
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(CtiError);
      expect((thrown as CtiError).message).toContain(named);
    }
  });
});
