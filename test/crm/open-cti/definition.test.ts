import { describe, expect, test } from "bun:test";
import { DOMParser } from "@xmldom/xmldom";
import { callCenterXml } from "../../../src/crm/open-cti/definition.ts";
import { Invalid } from "../../../src/platform/invalid.ts";

const center = {
  adapterUrl: "https://cti.example.com/softphone?a=1&b=2",
  internalName: "ciscoFinesse",
  displayName: 'Cisco <Finesse> & "friends"',
  description: undefined,
  width: 300,
  height: 560,
  standby: undefined,
};

function items(xml: string): Record<string, string> {
  const document = new DOMParser().parseFromString(xml, "text/xml");
  return Object.fromEntries(
    [...document.getElementsByTagName("item")].map((item) => [
      item.getAttribute("name") ?? "",
      item.textContent ?? "",
    ]),
  );
}

describe("the call center that Salesforce imports", () => {
  test("names the page, for Lightning, in the order that Salesforce demands", () => {
    const xml = callCenterXml(center);
    expect(xml).toStartWith('<?xml version="1.0" encoding="UTF-8"?>');
    expect(Object.keys(items(xml)).slice(0, 2)).toEqual(["reqInternalName", "reqDisplayName"]);
    expect(items(xml)).toMatchObject({
      reqInternalName: "ciscoFinesse",
      reqDisplayName: 'Cisco <Finesse> & "friends"',
      reqAdapterUrl: "https://cti.example.com/softphone?a=1&b=2",
      reqUseApi: "true",
      reqSoftphoneWidth: "300",
      reqSoftphoneHeight: "560",
      reqSalesforceCompatibilityMode: "Lightning",
      reqOutsidePrefix: "",
    });
    expect(xml).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <callCenter>
        <section sortOrder="0" name="reqGeneralInfo" label="General Information">
          <item sortOrder="0" name="reqInternalName" label="InternalName">ciscoFinesse</item>
          <item sortOrder="1" name="reqDisplayName" label="Display Name">Cisco &lt;Finesse&gt; &amp; &quot;friends&quot;</item>
          <item sortOrder="2" name="reqAdapterUrl" label="CTI Adapter URL">https://cti.example.com/softphone?a=1&amp;b=2</item>
          <item sortOrder="3" name="reqUseApi" label="Use CTI API">true</item>
          <item sortOrder="4" name="reqSoftphoneHeight" label="Softphone Height">560</item>
          <item sortOrder="5" name="reqSoftphoneWidth" label="Softphone Width">300</item>
          <item sortOrder="6" name="reqSalesforceCompatibilityMode" label="Salesforce Compatibility Mode">Lightning</item>
        </section>
        <section sortOrder="1" name="reqDialingOptions" label="Dialing Options">
          <item sortOrder="0" name="reqOutsidePrefix" label="Outside Prefix"></item>
          <item sortOrder="1" name="reqLongDistPrefix" label="Long Distance Prefix"></item>
          <item sortOrder="2" name="reqInternationalPrefix" label="International Prefix"></item>
        </section>
      </callCenter>
      "
    `);
  });

  test("a second page, for when the first does not report in time", () => {
    const standby = { url: "https://cti2.example.com/softphone", timeout: 10_000 };
    expect(items(callCenterXml({ ...center, standby }))).toMatchObject({
      reqStandbyUrl: standby.url,
      reqTimeout: "10000",
    });
  });

  test.each(["", "1st", "cisco finesse", "a".repeat(41), "x-y"])("%p is no internal name", (internalName) => {
    expect(() => callCenterXml({ ...center, internalName })).toThrow(Invalid);
  });
});
