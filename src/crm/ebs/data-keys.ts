import { Invalid } from "../../platform/invalid.ts";

/** Keys with a fixed meaning at EBS, as it spells them (ebs-basic-telephony.md §5); any other name is a site's own. */
const known = (
  "CustomerID ContactNum ScreenPopType occtClassification AccountNum EventCode ServiceRequestNum COMPAIGN_SCHEDULE_NAME " +
  "lastOperationCode language PARTY_ID CustomerName CustomerNum occtMediaItemID QuoteNum OrderNum CollateralReq AccountCode " +
  "MarketingPIN ServiceKey ContractNum ContractNumModifier SourceCode SubjectID ObjectID ContactPointID PrimaryEmailID " +
  "CustomerAccountID LocationID InteractionID ActionID occtEventName occtAgentID occtMediaType occtCallID occtScreenPopAction " +
  "workItemID UWQ_BLOCK_MODE UWQ_CONTINUOUS_MODE CustomerNumber InvoiceNum SocialSecurityNumber RMANum SerialNum InstanceName " +
  "InstanceNum TagNumber SystemName CountryCode AreaCode PhoneNumber CustomerProductID InventoryItemID employeeID LotNum " +
  "PurchaseOrderNum PromotionCode EventConfCode ColReqNum CAMPAIGN_SCHEDULE_ID CAMPAIGN_SCHEDULE_NAME INTERACTION_ID " +
  "SERVICE_KEY_NAME SERVICE_KEY_VALUE CALL_REASON CUST_PARTY_ID REL_PARTY_ID PER_PARTY_ID CUST_PHONE_ID CUST_EMAIL_ID " +
  "REL_PHONE_ID REL_EMAIL_ID CUST_ACCOUNT_ID"
).split(" ");
/** What every ScreenPop carries anyway. */
const ours = ["occtSourceID", "occtANI", "occtDNIS"];

/** A data key that a site may fill. Throws `Invalid` for one of ours, and for another spelling of one that EBS compares exactly. */
export function dataKey(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/.test(name))
    throw new Invalid(`"${name}" is no name of a data key`, "use letters, digits and _, at most 64");
  const same = (other: string): boolean => other.toLowerCase() === name.toLowerCase();
  const own = ours.find(same);
  if (own !== undefined)
    throw new Invalid(
      `${own} is filled in by cti`,
      own === "occtDNIS" ? 'the setting "dnis" says with what' : "take another key",
    );
  const exact = known.find(same);
  if (exact !== undefined && !known.includes(name))
    throw new Invalid(`"${name}" is not how EBS spells it`, `did you mean "${exact}"?`);
  return name;
}

/** A call variable of Finesse: `callVariable1` to `callVariable10`, or the name of an ECC variable. */
export function callVariable(name: string): string {
  const numbered = /^call[ _-]?variable[ _-]?(\d*)$/i.exec(name);
  if (numbered !== null && !/^callVariable([1-9]|10)$/.test(name))
    throw new Invalid(`"${name}" is no call variable`, "they are callVariable1 to callVariable10");
  // oxlint-disable-next-line no-control-regex
  if (name.trim() !== name || !/^[^\u0000-\u001f\u007f]{1,100}$/.test(name))
    throw new Invalid(`"${name}" is no name of a call variable`);
  return name;
}
