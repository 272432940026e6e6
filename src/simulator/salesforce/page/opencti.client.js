/*
 * A stub of Salesforce's opencti_min.js for trying and testing (cti sim salesforce). It is not Salesforce's: it shares no line with it.
 * It passes each call to the host page that frames this one, and calls back with what that answers.
 */
(() => {
  "use strict";
  const parameters = new URLSearchParams(location.search);
  const host = parameters.get("sfdcIframeOrigin");
  const own = new URL(document.currentScript.src).origin;
  if (!host || !parameters.get("mode") || host !== own)
    throw new Error(
      `Open CTI (stub): not framed as Lightning does it: the address needs mode and sfdcIframeOrigin=${own}`,
    );

  const callbacks = new Map();
  const listeners = new Map();
  let calls = 0;

  addEventListener("message", (event) => {
    const { data } = event;
    if (event.origin !== host || event.source !== parent || !data || data.stub !== "opencti") return;
    if (data.listener) {
      for (const listener of listeners.get(data.listener) || []) listener(data.payload);
      return;
    }
    const callback = callbacks.get(data.call);
    callbacks.delete(data.call);
    if (callback) callback(data.response);
  });

  const send = (message) => parent.postMessage({ stub: "opencti", ...message }, host);

  /** Functions cannot be posted, and nothing but plain data should be. */
  const plain = (given) => {
    const { callback, listener, ...rest } = given || {};
    return JSON.parse(JSON.stringify(rest));
  };

  const call = (method, given, { callback, listener }) => {
    const number = ++calls;
    if (typeof callback === "function") callbacks.set(number, callback);
    if (typeof listener === "function") listeners.set(method, [...(listeners.get(method) || []), listener]);
    send({ call: number, method, args: plain(given) });
  };

  /** needs: "nothing", or that the one object holds a callback or a listener. */
  const method =
    (name, needs) =>
    (...given) => {
      const wrong = (message) => {
        send({ method: name, invalid: message });
        throw new Error(`Open CTI (stub): ${name}: ${message}`);
      };
      const [only] = given;
      const empty = given.length === 0 || (given.length === 1 && only === undefined);
      const isObject = typeof only === "object" && only !== null && Object.keys(only).length > 0;
      if (!(empty && needs === "nothing") && !(given.length === 1 && isObject))
        wrong("takes exactly one object with its arguments");
      if ((needs === "callback" || needs === "listener") && typeof only[needs] !== "function")
        wrong(`the ${needs} is missing`);
      if (name === "saveLog" && (typeof only.value !== "object" || only.value === null))
        wrong("the value is missing");
      call(name, only, only || {});
    };

  const needs = {
    enableClickToDial: "nothing",
    disableClickToDial: "nothing",
    refreshView: "nothing",
    notifyInitializationComplete: "nothing",
    onClickToDial: "listener",
    onNavigationChange: "listener",
    getAppViewInfo: "callback",
    getCallCenterSettings: "callback",
    getSoftphoneLayout: "callback",
    isSoftphonePanelVisible: "callback",
    setSoftphonePanelVisibility: "object",
    setSoftphonePanelHeight: "object",
    setSoftphonePanelWidth: "object",
    setSoftphonePanelLabel: "object",
    setSoftphonePanelIcon: "object",
    setSoftphoneItemLabel: "object",
    setSoftphoneItemIcon: "object",
    screenPop: "object",
    searchAndScreenPop: "object",
    saveLog: "object",
    runApex: "object",
  };

  window.sforce = window.sforce || {};
  window.sforce.opencti = {
    stub: "cti sim salesforce: not Salesforce",
    SCREENPOP_TYPE: {
      SOBJECT: "sobject",
      URL: "url",
      OBJECTHOME: "objecthome",
      LIST: "list",
      SEARCH: "search",
      NEW_RECORD_MODAL: "newRecord",
      FLOW: "flow",
    },
    CALL_TYPE: { INBOUND: "inbound", OUTBOUND: "outbound", INTERNAL: "internal" },
    ...Object.fromEntries(Object.entries(needs).map(([name, need]) => [name, method(name, need)])),
  };
})();
