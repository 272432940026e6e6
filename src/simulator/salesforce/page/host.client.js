/* The host page of cti sim salesforce, a stub: draws what the server says, and carries messages between it and the softphone's frame. */
(() => {
  "use strict";
  const { page } = document.documentElement.dataset;
  const at = (path) => `/stub/pages/${page}/${path}`;
  const element = (id) => document.getElementById(id);
  const frame = element("softphone");
  const frameOrigin = frame ? new URL(frame.dataset.src).origin : undefined;

  const make = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  const post = async (path, body) => {
    const response = await fetch(at(path), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return response.json();
  };

  const link = (text, action, attributes) => {
    const made = make("button", text, { type: "button", class: "link", ...attributes });
    made.addEventListener("click", action);
    return made;
  };

  const phone = (number, clickable) =>
    clickable
      ? link(number, () => post("click", { number }), { "data-number": number, title: "Click to dial" })
      : make("span", number, { "data-number": number });

  const drawRecord = ({ record }, clickable) => {
    const list = make("dl", "", { id: "record", "data-id": record.id, "data-object": record.object });
    for (const { name, value, phone: isPhone } of record.fields) {
      const detail = make("dd", "");
      detail.append(isPhone ? phone(value, clickable) : value);
      list.append(make("dt", name), detail);
    }
    return list;
  };

  const drawResults = ({ results }) => {
    const list = make("ul", "", { id: "results" });
    for (const { id, object, name } of results) {
      const item = make("li", `${object}: `);
      item.append(link(name, () => post("navigate", { recordId: id }), { "data-id": id }));
      list.append(item);
    }
    return results.length === 0 ? make("p", "Nothing found.") : list;
  };

  const draw = ({ view, clickToDial, panel, item, initialized }) => {
    element("address").textContent = location.origin + view.url;
    const main = element("view");
    main.dataset.kind = view.kind;
    main.replaceChildren(make("h1", view.title));
    if (view.record) main.append(drawRecord(view, clickToDial));
    if (view.results) main.append(drawResults(view));
    element("click-to-dial").textContent = clickToDial ? "click-to-dial on" : "click-to-dial off";
    const utility = element("utility-phone");
    utility.textContent = item.label;
    utility.setAttribute("aria-expanded", String(panel.visible));
    utility.dataset.initialized = String(initialized);
    const box = element("panel");
    if (!box) return;
    // Closed it lives on: it is out of sight and reach, not asleep.
    box.classList.toggle("minimized", !panel.visible);
    box.inert = !panel.visible;
    element("panel-label").textContent = panel.label;
    frame.style.width = `${panel.width}px`;
    frame.style.height = `${panel.height}px`;
  };

  const toFrame = (message) =>
    frame && frame.contentWindow.postMessage({ stub: "opencti", ...message }, frameOrigin);

  const events = new EventSource(at("events"));
  events.addEventListener("reload", () => location.reload());
  // It reconnects by itself while the stub is down. A stub that was started anew does not know this page.
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 2000);
  });
  events.addEventListener("state", ({ data }) => draw(JSON.parse(data)));
  events.addEventListener("listener", ({ data }) => {
    const { method, payload } = JSON.parse(data);
    toFrame({ listener: method, payload });
  });

  // What the page does by itself is done in the order in which it is asked for; what servers are asked holds nothing up.
  const ofServers = new Set([
    "saveLog",
    "searchAndScreenPop",
    "getCallCenterSettings",
    "getSoftphoneLayout",
    "runApex",
  ]);
  let own = Promise.resolve();

  addEventListener("message", async ({ origin, source, data }) => {
    if (!frame || source !== frame.contentWindow || origin !== frameOrigin) return;
    if (!data || data.stub !== "opencti") return;
    const { call, method, args, invalid } = data;
    const asked = own.then(() => post("call", { method, args, invalid }));
    if (!ofServers.has(method)) own = asked.catch(() => {});
    const response = await asked.catch((error) => ({
      success: false,
      returnValue: null,
      errors: [{ code: "GENERIC_PROCESSING_ERROR", description: String(error), details: null }],
    }));
    if (call !== undefined) toFrame({ call, response });
  });

  element("utility-phone").addEventListener("click", () => post("panel", {}));
  element("search").addEventListener("submit", (event) => {
    event.preventDefault();
    void post("navigate", { search: element("searched").value });
  });
  element("home").addEventListener("click", () => post("navigate", {}));
  // Only now: what it says is heard.
  if (frame) frame.src = frame.dataset.src;
})();
