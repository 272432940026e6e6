import { expect, test } from "bun:test";
import { popData, type PopSettings } from "../../../src/crm/ebs/screen-pop.ts";
import { call, dialled } from "../samples.ts";

const plain: PopSettings = { dnis: "extension", data: [], fixed: [], misspeltCampaign: true };
const data = (...of: Parameters<typeof popData>) => Object.fromEntries(popData(...of));

test("id, caller and the agent's extension come first, always", () => {
  const [id, ani, dnis] = popData(call({ interaction: "01ABC", customer: "0300 1" }), "2001", plain);
  expect([id, ani, dnis]).toEqual([
    ["occtSourceID", "01ABC"],
    ["occtANI", "0300 1"],
    ["occtDNIS", "2001"],
  ]);
});

test("after a transfer the customer's number, not the colleague's", () => {
  const got = call({ from: "2002", party: "2002", customer: "0300", direction: "in" });
  expect(data(got, "2001", plain).occtANI).toBe("0300");
});

test("of a dialled call the number dialled", () => {
  const out = dialled({ dialedNumber: "90300", party: "0300", customer: "0300" });
  expect(data(out, "2001", plain).occtANI).toBe("90300");
});

test("DNIS may be the number that the customer dialled", () => {
  expect(data(call({ dialedNumber: "1800" }), "2001", { ...plain, dnis: "dialed-number" }).occtDNIS).toBe(
    "1800",
  );
});

test("call variables by the site's map, empty ones left out, the first of two wins", () => {
  const got = call({
    variables: { callVariable1: "C-1", callVariable2: " ", callVariable3: "48213", user_sr: "9" },
  });
  const settings: PopSettings = {
    ...plain,
    data: [
      { variable: "callVariable1", keys: ["CustomerNum"] },
      { variable: "callVariable2", keys: ["QuoteNum"] },
      { variable: "callVariable3", keys: ["ServiceRequestNum"] },
      { variable: "user_sr", keys: ["ServiceRequestNum", "language"] },
    ],
    fixed: [
      { key: "occtClassification", value: "SR", when: "ServiceRequestNum" },
      { key: "ScreenPopType", value: "OPPORTUNITY", when: "QuoteNum" },
      { key: "lastOperationCode", value: "7", when: undefined },
    ],
  };
  const { occtSourceID: _id, occtANI: _ani, occtDNIS: _dnis, ...rest } = data(got, "2001", settings);
  expect(rest).toEqual({
    CustomerNum: "C-1",
    CustomerID: "C-1",
    ServiceRequestNum: "48213",
    language: "9",
    occtClassification: "SR",
    lastOperationCode: "7",
  });
});

test("both names of an account, both spellings of the campaign; the wrong one can be silenced", () => {
  const got = call({ variables: { a: "77", c: "Spring" } });
  const settings: PopSettings = {
    ...plain,
    data: [
      { variable: "a", keys: ["AccountNum"] },
      { variable: "c", keys: ["COMPAIGN_SCHEDULE_NAME"] },
    ],
  };
  expect(data(got, "2001", settings)).toMatchObject({
    AccountNum: "77",
    AccountCode: "77",
    COMPAIGN_SCHEDULE_NAME: "Spring",
    CAMPAIGN_SCHEDULE_NAME: "Spring",
  });
  const silenced = data(got, "2001", { ...settings, misspeltCampaign: false });
  expect(silenced.CAMPAIGN_SCHEDULE_NAME).toBe("Spring");
  expect(silenced).not.toHaveProperty("COMPAIGN_SCHEDULE_NAME");
});
