/** Payloads as real servers send them: shapes from reference/finesse.md §5, §8, §13, values invented. */

export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

export function variablesXml(count: number): string {
  return Array.from({ length: count }, (_, index) => {
    const name = index < 10 ? `callVariable${index + 1}` : `user.microapp.field[${index}]`;
    const value = index % 3 === 0 ? "" : escapeText(`Müller & Söhne <${index}>, some value`);
    return `        <CallVariable>\n          <name>${name}</name>\n          <value>${value}</value>\n        </CallVariable>\n`;
  }).join("");
}

export function participantXml(address: string, state: string, actions: string[]): string {
  return `<Participant><actions>${actions.map((action) => `<action>${action}</action>`).join("")}</actions><mediaAddress>${address}</mediaAddress><mediaAddressType>AGENT_DEVICE</mediaAddressType><startTime>2019-12-16T11:37:58.873Z</startTime><state>${state}</state><stateCause></stateCause><stateChangeTime>2019-12-16T11:37:58.873Z</stateChangeTime></Participant>`;
}

export function dialogXml(options: { root?: string; id?: string; variables?: number } = {}): string {
  const { root = "Dialog", id = "147370467", variables = 2 } = options;
  return `<${root}>
      <associatedDialogUri></associatedDialogUri>
      <fromAddress>01042600000</fromAddress>
      <id>${id}</id>
      <mediaProperties>
        <mediaId>1</mediaId>
        <DNIS>7073</DNIS>
        <callType>PREROUTE_ACD_IN</callType>
        <dialedNumber>811802</dialedNumber>
        <outboundClassification></outboundClassification>
        <wrapUpReason>Sales Call</wrapUpReason>
        <queueNumber>5022</queueNumber>
        <queueName>UCM_PIM.Sales.SG</queueName>
        <callKeyCallId>217</callKeyCallId>
        <callKeySequenceNum>1</callKeySequenceNum>
        <callKeyPrefix>152018</callKeyPrefix>
        <callvariables>
${variablesXml(variables)}        </callvariables>
      </mediaProperties>
      <mediaType>Voice</mediaType>
      <participants>${participantXml("7073", "ALERTING", ["ANSWER"])}</participants>
      <state>ALERTING</state>
      <toAddress>811802</toAddress>
      <uri>/finesse/api/Dialog/${id}</uri>
    </${root}>`;
}

export const userXml = `<User>
  <uri>/finesse/api/User/1001001</uri>
  <loginId>1001001</loginId>
  <loginName>csmith</loginName>
  <firstName>Chris</firstName>
  <lastName>Smith</lastName>
  <roles><role>Agent</role><role>Supervisor</role></roles>
  <extension>0012</extension>
  <state>NOT_READY</state>
  <stateChangeTime>2023-01-13T11:07:11.466Z</stateChangeTime>
  <pendingState></pendingState>
  <reasonCodeId>16</reasonCodeId>
  <ReasonCode>
    <uri>/finesse/api/ReasonCode/16</uri><id>16</id><category>NOT_READY</category>
    <code>10</code><label>Team Meeting</label><forAll>true</forAll><systemCode>false</systemCode>
  </ReasonCode>
  <mediaType>1</mediaType>
  <settings>
    <wrapUpOnIncoming>OPTIONAL</wrapUpOnIncoming>
    <wrapUpOnOutgoing>NOT_ALLOWED</wrapUpOnOutgoing>
    <deviceSelection>enabled</deviceSelection>
  </settings>
  <wrapUpTimer>7200</wrapUpTimer>
  <mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>4085551234</dialNumber></mobileAgent>
  <activeDeviceId>CSFJP5550016</activeDeviceId>
  <teamId>500</teamId>
  <teamName>Sales</teamName>
  <dialogs>/finesse/api/User/1001001/Dialogs</dialogs>
  <teams><Team><uri>/finesse/api/Team/2001</uri><id>2001</id><name>First Line</name></Team></teams>
</User>`;

export const systemInfoXml = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<SystemInfo>
  <currentTimestamp>2022-05-05T07:34:07.188Z</currentTimestamp>
  <deploymentType>UCCE</deploymentType>
  <lastCTIHeartbeatStatus>success</lastCTIHeartbeatStatus>
  <primaryNode><host>fina.example.com</host><httpsPort>8445</httpsPort><xmppPort/><xmppSecurePort>5223</xmppSecurePort></primaryNode>
  <secondaryNode><host></host></secondaryNode>
  <status>IN_SERVICE</status>
  <statusReason></statusReason>
  <systemAuthMode>NON_SSO</systemAuthMode>
  <timezoneOffset>330</timezoneOffset>
  <xmppDomain>fina.example.com</xmppDomain>
  <xmppPubSubDomain>pubsub.fina.example.com</xmppPubSubDomain>
</SystemInfo>`;

export function updateXml(
  data: string,
  options: { event?: string; source?: string; requestId?: string } = {},
) {
  const { event = "PUT", source = "/finesse/api/Dialog/147370467", requestId = "" } = options;
  return `<Update>\n  <data>\n    ${data}\n  </data>\n  <event>${event}</event>\n  <requestId>${requestId}</requestId>\n  <source>${source}</source>\n</Update>`;
}

export const lateErrorXml = updateXml(
  `<apiErrors><apiError>
    <peripheralErrorCode>10125</peripheralErrorCode>
    <errorType>Invalid Device</errorType>
    <errorMessage>CF_INVALID_LOGON_DEVICE_SPECIFIED</errorMessage>
    <peripheralErrorText>The routine could not find the device target.</peripheralErrorText>
    <peripheralErrorMsg>PERERR_TELDRIVE_NODEVICETARGETFORNETTARGETID</peripheralErrorMsg>
    <errorData>260</errorData>
  </apiError></apiErrors>`,
  { event: "put", source: "/finesse/api/User/6021" },
);

/** A message stanza around any number of items, already escaped or with real child elements. */
export function stanzaXml(payloads: string[], options: { namespace?: string; node?: string } = {}): string {
  const { namespace = "http://jabber.org/protocol/pubsub", node = "/finesse/api/User/6021" } = options;
  const items = payloads
    .map(
      (payload, index) =>
        `<item id='item-${index}'><notification xmlns='${namespace}'>${payload}</notification></item>`,
    )
    .join("");
  return `<message xmlns='jabber:client' from='pubsub.fina.example.com' to='6021@fina.example.com' id='${node}__x'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='${node}'>${items}</items></event></message>`;
}
