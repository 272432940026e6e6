import { XMLBuilder } from "fast-xml-parser";
import { Invalid } from "../../platform/invalid.ts";

export interface CallCenter {
  /** Where Salesforce frames the softphone from: `https://cti.example.com/softphone`. */
  adapterUrl: string;
  /** Letters and digits, 40 at most, a letter first: `ciscoFinesse`. */
  internalName: string;
  displayName: string;
  description: string | undefined;
  /** Pixels. */
  width: number;
  height: number;
  /** A second page, which Salesforce turns to when the first has not reported in time. */
  standby: { url: string; timeout: number } | undefined;
}

interface Item {
  name: string;
  label: string;
  value: string;
}

/** Salesforce's import of a call center (open-cti.md §4): XML, UTF-8. Throws `Invalid` for a name that Salesforce would not take. */
export function callCenterXml(center: CallCenter): string {
  const { adapterUrl, internalName, displayName, description, width, height, standby } = center;
  if (!/^[a-z][a-z0-9]{0,39}$/i.test(internalName))
    throw new Invalid(
      `"${internalName}" cannot be an internal name`,
      "letters and digits, a letter first, 40 at most: ciscoFinesse",
    );
  if (displayName.trim() === "" || displayName.length > 1000)
    throw new Invalid("a display name has 1 to 1000 characters");
  const general: Item[] = [
    { name: "reqInternalName", label: "InternalName", value: internalName },
    { name: "reqDisplayName", label: "Display Name", value: displayName },
    ...(description === undefined
      ? []
      : [{ name: "reqDescription", label: "Description", value: description }]),
    { name: "reqAdapterUrl", label: "CTI Adapter URL", value: adapterUrl },
    { name: "reqUseApi", label: "Use CTI API", value: "true" },
    { name: "reqSoftphoneHeight", label: "Softphone Height", value: String(height) },
    { name: "reqSoftphoneWidth", label: "Softphone Width", value: String(width) },
    { name: "reqSalesforceCompatibilityMode", label: "Salesforce Compatibility Mode", value: "Lightning" },
    ...(standby === undefined
      ? []
      : [
          { name: "reqStandbyUrl", label: "Standby URL", value: standby.url },
          { name: "reqTimeout", label: "Timeout in Milliseconds", value: String(standby.timeout) },
        ]),
  ];
  const dialing: Item[] = [
    { name: "reqOutsidePrefix", label: "Outside Prefix", value: "" },
    { name: "reqLongDistPrefix", label: "Long Distance Prefix", value: "" },
    { name: "reqInternationalPrefix", label: "International Prefix", value: "" },
  ];
  const section = (name: string, label: string, items: Item[], sortOrder: number) => ({
    "@sortOrder": sortOrder,
    "@name": name,
    "@label": label,
    item: items.map((item, index) => ({
      "@sortOrder": index,
      "@name": item.name,
      "@label": item.label,
      "#text": item.value,
    })),
  });
  const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: "@", format: true });
  const xml: string = builder.build({
    "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
    callCenter: {
      section: [
        section("reqGeneralInfo", "General Information", general, 0),
        section("reqDialingOptions", "Dialing Options", dialing, 1),
      ],
    },
  });
  return xml;
}
