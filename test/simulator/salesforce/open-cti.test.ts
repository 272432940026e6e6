import { describe, expect, test } from "bun:test";
import { sampleLayout } from "../../../src/simulator/salesforce/records/fixtures.ts";
import { Frame, softphone } from "./frame.ts";
import { Stage } from "./stage.ts";

const mia = "0035g0000000008AAA";
const search = (searchParams: string, more: object = {}) => ({
  searchParams,
  callType: "inbound",
  deferred: false,
  ...more,
});

describe("searchAndScreenPop", () => {
  test("one match: the record comes up, and its matches go back by their ids", async () => {
    await using stage = await Stage.open();
    await using frame = await Frame.open(stage, { user: "agent1002@example.com" });
    const { INBOUND: callType } = frame.opencti.CALL_TYPE;
    const answer = await frame.call("searchAndScreenPop", search("5551234", { callType }));
    expect(answer).toEqual({
      success: true,
      errors: null,
      returnValue: { [mia]: { Id: mia, Name: "Mia Short", Phone: "5551234", RecordType: "Contact" } },
    });
    expect(stage.org.pops()).toMatchObject([
      {
        user: "agent1002@example.com",
        by: "searchAndScreenPop",
        search: "5551234",
        callType: "inbound",
        deferred: false,
        matches: [mia],
        url: `/lightning/r/Contact/${mia}/view`,
        record: "Mia Short (Contact)",
      },
    ]);
    expect(stage.org.pages()).toMatchObject([{ view: { kind: "record", record: { id: mia } } }]);
  });

  test.each<[string, object, object | null]>([
    ["4155550110", {}, { kind: "search", title: "Search: 4155550110" }],
    [
      "0000000",
      { defaultFieldValues: { Phone: "0000000" } },
      { kind: "new", url: "/lightning/o/Contact/new?defaultFieldValues=Phone%3D0000000" },
    ],
    ["5551234", { callType: "OUTBOUND" }, null],
    ["5551234", { callType: "internal" }, null],
  ])("%s %j", async (number, more, view) => {
    await using stage = await Stage.open();
    await using frame = await Frame.open(stage);
    expect((await frame.call("searchAndScreenPop", search(number, more))).success).toBe(true);
    expect(stage.org.pages()).toMatchObject([{ view: view ?? { kind: "home" } }]);
    expect(stage.org.complaints()).toEqual([]);
  });

  test("deferred: nothing comes up until screenPop is given what was found", async () => {
    await using stage = await Stage.open();
    await using frame = await Frame.open(stage);
    const { returnValue } = await frame.call("searchAndScreenPop", search("5551234", { deferred: true }));
    expect(stage.org.pages()).toMatchObject([{ view: { kind: "home" } }]);
    const { SCREEN_POP_DATA: data } = returnValue as Record<string, Record<string, unknown>>;
    expect(data).toEqual({ type: "sobject", params: { recordId: mia } });
    expect(await frame.call("screenPop", data)).toMatchObject({ success: true });
    expect(stage.org.pops().map(({ by, deferred, url }) => [by, deferred, url])).toEqual([
      ["searchAndScreenPop", true, null],
      ["screenPop", false, `/lightning/r/Contact/${mia}/view`],
    ]);
  });

  test("the layout decides: Visualforce gets the query, an empty section pops nothing", async () => {
    const layout = structuredClone(sampleLayout);
    layout.Inbound.screenPopSettings.SingleMatch = {
      screenPopType: "PopToVisualforce",
      screenPopData: "Desk",
    };
    await using stage = await Stage.open({ layout });
    await using frame = await Frame.open(stage);
    await frame.call("searchAndScreenPop", search("5551234", { queryParams: { call: "1", who: "a&b" } }));
    expect(stage.org.pages()).toMatchObject([{ view: { url: "/apex/Desk?call=1&who=a%26b" } }]);
    expect((await frame.call("getSoftphoneLayout")).returnValue).toEqual(layout);
  });
});

describe("screenPop", () => {
  test.each<[string, object, object]>([
    ["SOBJECT", { recordId: mia.slice(0, 15) }, { title: "Mia Short" }],
    ["URL", { url: "/lightning/page/chatter" }, { kind: "url", url: "/lightning/page/chatter" }],
    ["OBJECTHOME", { scope: "Account" }, { url: "/lightning/o/Account/home" }],
    ["LIST", { scope: "Lead", listViewId: "Recent" }, { kind: "list" }],
    [
      "SEARCH",
      { searchString: "Khan" },
      { kind: "search", results: [{ name: "Ayesha Khan" }, { name: "Ayesha Khan" }] },
    ],
    [
      "NEW_RECORD_MODAL",
      { entityName: "Contact", defaultFieldValues: { LastName: "A,B" } },
      { title: "New Contact" },
    ],
    ["FLOW", { flowDevName: "Welcome" }, { kind: "flow" }],
  ])("%s", async (type, params, view) => {
    await using stage = await Stage.open();
    await using frame = await Frame.open(stage);
    const answer = await frame.call("screenPop", { type: frame.opencti.SCREENPOP_TYPE[type], params });
    expect([answer.success, stage.org.pages()]).toMatchObject([true, [{ view }]]);
    expect(stage.org.complaints()).toEqual([]);
  });

  test.each<[string, object]>([
    ["sobject", { recordId: "0035g0000000999AAA" }],
    ["url", { url: "https://evil.example.com/" }],
    ["url", { url: "//evil.example.com/" }],
    ["search", { searchString: "ab" }],
    ["newRecord", { entityName: "Nothing" }],
    ["SOBJECT", { recordId: mia }],
  ])("%s %j fails, and is complained of", async (type, params) => {
    await using stage = await Stage.open();
    await using frame = await Frame.open(stage);
    expect(await frame.call("screenPop", { type, params })).toMatchObject({
      success: false,
      returnValue: null,
      errors: [{}],
    });
    expect(stage.complaintKinds).toEqual(["wrong-arguments"]);
    expect(stage.org.pops()).toEqual([]);
  });
});

describe("click-to-dial", () => {
  test("numbers are links once it is on and heard; the payload names the record", async () => {
    await using stage = await Stage.open();
    await using frame = await Frame.open(stage);
    expect(() => stage.org.click("5551234")).toThrow("no links");
    const clicked: unknown[] = [];
    frame.method("onClickToDial")({ listener: (payload: unknown) => clicked.push(payload) });
    await frame.call("enableClickToDial");
    stage.org.open({ recordId: mia });
    stage.org.click("5551234");
    expect(await frame.news()).toEqual([
      "onClickToDial",
      {
        number: "5551234",
        recordId: mia,
        recordName: "Mia Short",
        objectType: "Contact",
        contactId: mia,
        personAccount: false,
        params: "",
      },
    ]);
    expect(clicked).toHaveLength(1);
    await frame.call("disableClickToDial");
    expect(() => stage.org.click("5551234")).toThrow("no links");
  });

  test("of several pages the one that is named, or else the newest that is open", async () => {
    await using stage = await Stage.open();
    await using first = await Frame.open(stage, { user: "agent1001@example.com" });
    await using second = await Frame.open(stage, { user: "agent1002@example.com" });
    for (const frame of [first, second]) {
      frame.method("onClickToDial")({ listener: () => {} });
      await frame.call("enableClickToDial");
    }
    stage.org.click("1");
    stage.org.click("2", first.page);
    expect([await second.news(), await first.news()]).toMatchObject([
      ["onClickToDial", { number: "1" }],
      ["onClickToDial", { number: "2" }],
    ]);
  });
});

describe("the page", () => {
  test("tells where it is, and when it goes elsewhere", async () => {
    await using stage = await Stage.open();
    await using frame = await Frame.open(stage);
    frame.method("onNavigationChange")({ listener: () => {} });
    await frame.call("enableClickToDial");
    stage.org.open({ recordId: "0015g0000000001AAA" });
    const info = {
      url: `${stage.org.url}/lightning/r/Account/0015g0000000001AAA/view`,
      recordId: "0015g0000000001AAA",
      recordName: "Karachi Textiles",
      objectType: "Account",
      accountId: "0015g0000000001AAA",
      personAccount: false,
    };
    expect(await frame.news()).toEqual(["onNavigationChange", info]);
    expect((await frame.call("getAppViewInfo")).returnValue).toEqual(info);
  });

  test("takes what the softphone says of its panel", async () => {
    await using stage = await Stage.open({ callCenter: { "/reqGeneralInfo/reqSoftphoneWidth": "320" } });
    await using frame = await Frame.open(stage);
    expect((await frame.call("isSoftphonePanelVisible")).returnValue).toEqual({ visible: true });
    await frame.call("setSoftphonePanelVisibility", { visible: false });
    await frame.call("setSoftphonePanelHeight", { heightPX: 400 });
    await frame.call("setSoftphonePanelLabel", { label: "Finesse" });
    await frame.call("setSoftphoneItemLabel", { label: "5551234" });
    frame.method("notifyInitializationComplete")();
    await frame.call("refreshView");
    expect(stage.org.pages()).toMatchObject([
      {
        panel: { visible: false, height: 400, width: 320, label: "Finesse" },
        item: { label: "5551234" },
        initialized: true,
      },
    ]);
    expect((await frame.call("getCallCenterSettings")).returnValue).toMatchObject({
      "/reqGeneralInfo/reqAdapterUrl": softphone,
      "/reqGeneralInfo/reqSoftphoneWidth": "320",
    });
  });

  test("complains of what Open CTI does not take", async () => {
    await using stage = await Stage.open();
    await using frame = await Frame.open(stage);
    for (const [name, given] of [
      ["getAppViewInfo", {}],
      ["onClickToDial", { callback: () => {} }],
      ["saveLog", { callback: () => {} }],
    ] as const)
      expect(() => frame.method(name)(given)).toThrow(name);
    for (const [name, given] of [
      ["setSoftphonePanelVisibility", { visible: "yes" }],
      ["setSoftphonePanelHeight", { heightPX: "400" }],
      ["searchAndScreenPop", search("55")],
      ["searchAndScreenPop", search("5551234", { callType: "in" })],
      ["runApex", { apexClass: "A", methodName: "b", methodParams: "" }],
    ] as const)
      expect(await frame.call(name, given)).toMatchObject({ success: false });
    await stage.org.waitFor(() => stage.org.complaints().length === 8);
    expect(new Set(stage.complaintKinds)).toEqual(new Set(["wrong-arguments"]));
  });

  test("the script is a stub's, and does nothing where it is not framed as Lightning does", async () => {
    await using stage = await Stage.open();
    for (const version of ["58.0", "64.0"]) {
      const script = await stage.ask(`/support/api/${version}/lightning/opencti_min.js`, { token: null });
      expect(script.headers.get("content-type")).toContain("javascript");
      expect(script.body).toContain("It is not Salesforce's");
    }
    await expect(Frame.open(stage, { search: "" })).rejects.toThrow("not framed");
    await expect(
      Frame.open(stage, { search: "?mode=Lightning&sfdcIframeOrigin=https://evil.example.com" }),
    ).rejects.toThrow("not framed");
  });
});
