import { afterEach, describe, expect, test } from "bun:test";
import {
  passwordKey,
  defaultSecurePassword,
  encryptPassword,
} from "../../../src/crm/generic-connector/secure-password.ts";
import { CtiError } from "../../../src/model/errors.ts";
import { Stage } from "./desk-stage.ts";
import { agent, call, dialled } from "../samples.ts";

let stage = new Stage();
afterEach(() => {
  // Whatever was said or logged, no password was in it.
  expect([...stage.said, ...stage.port.logged].join("\n")).not.toContain("s3cret");
  stage.desk.close();
  stage = new Stage();
});

const state = (name: string, who = "1001") => `${who}#State#${name}#-1####Ayesha Khan#${who}#42001`;
const info = "1001#AgentInfo#Ayesha#Khan#false#ALLOWED#teams:1#5001,Sales#5001#Ayesha Khan";

describe("the beginning (§3)", () => {
  test("Hello, Connect, Login, Logout", async () => {
    await stage.send("Hello#pc1");
    expect(stage.heard()).toEqual(["pc1 System#IN_SERVICE"]);
    await stage.send("Connect#1001", "pc1,s3cret-pw");
    expect(stage.heard()).toEqual([]);
    await stage.send("Login#1001", "s3cret-pw,42001");
    expect(stage.heard()).toEqual([`pc1 ${info}`, `pc1 ${state("NOT_READY")}`]);
    stage.port.onExecute = () => {
      const out = agent({ state: "LOGOUT" });
      stage.port.session("1001", { state: out });
      stage.emit("1001", { type: "agent.changed", state: out, previous: "NOT_READY" });
      stage.emit("1001", { type: "session.signed-out", by: "command" });
      stage.port.sessions.delete("1001");
      return Promise.resolve({});
    };
    await stage.send("logout#1001");
    expect(stage.heard()).toEqual([`pc1 ${state("LOGOUT")}`]);
    // Whoever is signed out already has what he wants.
    await stage.send("Logout#1001");
    expect(stage.heard()).toEqual([`pc1 ${state("LOGOUT")}`]);
    await stage.send("Login#1001", "s3cret-pw,42001");
    expect(stage.heard()).toEqual([`pc1 ${info}`, `pc1 ${state("NOT_READY")}`]);
  });

  test("commands in any case, mobile agents", async () => {
    await stage.send("CONNECT#1001", "pc1,s3cret-pw");
    const mobile: unknown[] = [];
    stage.port.onSignIn = ({ mobileAgent }) => Promise.resolve(mobile.push(mobileAgent)).then(() => ({}));
    await stage.send("MOBILEAGENTLOGIN#1001", "s3cret-pw,42001,03001234567,false");
    expect(mobile).toEqual([{ mode: "NAILED_CONNECTION", dialNumber: "03001234567" }]);
    expect(stage.heard()).toHaveLength(2);
    await stage.send("mAkEReAdY#1001");
    expect(stage.port.asked.at(-1)).toBe("ready 1001");
  });

  test("who is signed in already: AgentInfo, State, and the calls that are up", async () => {
    const up = call({ state: "ACTIVE" });
    stage.port.session("1001", { state: agent({ state: "TALKING" }), calls: [up] });
    await stage.send("Connect#1001", "pc1,s3cret-pw");
    await stage.send("Login#1001", "s3cret-pw,42001");
    const heard = stage.heard();
    expect(heard.slice(0, 2)).toEqual([`pc1 ${info}`, `pc1 ${state("TALKING")}`]);
    expect(heard[2]).toStartWith("pc1 1001#InboundCall#ACTIVE#dialogId:16802321#03001234567#");
    expect(heard).toHaveLength(3);
  });

  test("a call that comes while signing in is told once, after the state", async () => {
    await stage.send("Connect#1001", "pc1,s3cret-pw");
    stage.port.onSignIn = () => {
      stage.port.session("1001", { calls: [call()] });
      stage.emit("1001", { type: "agent.changed", state: agent(), previous: "LOGOUT" });
      stage.emit("1001", { type: "call.started", call: call() });
      return Promise.resolve({});
    };
    await stage.send("Login#1001", "s3cret-pw,42001");
    expect(stage.heard().map((line) => line.split("#")[1])).toEqual([
      "AgentInfo",
      "State",
      "NewInboundCall",
      "InboundCall",
    ]);
  });

  test("a wrong password is told where it came from, and connects nobody", async () => {
    await stage.send("Connect#1001", "pc1,s3cret-other");
    expect(stage.heard()).toEqual(["pc1 1001#Error#connect#WRONG_PASSWORD#Finesse refused the password"]);
    await stage.send("MakeReady#1001");
    expect(stage.heard()).toEqual([]);
    expect(stage.port.asked).toEqual(["attach 1001"]);
    expect(stage.port.secrets).toContain("s3cret-other");
  });

  test("Login without Connect is told where another connector knows a client, else nowhere", async () => {
    await stage.send("Login#1001", "s3cret-pw,42001");
    expect(stage.heard()).toEqual([]);
    expect(stage.port.logged.join("\n")).toContain("NOT_CONNECTED");
    stage.peers.elsewhere.set("1001", ["pc9", "Connector1"]);
    await stage.send("Login#1001", "s3cret-pw,42001");
    expect(stage.heard()).toEqual([
      "pc9 1001#Error#login#NOT_CONNECTED#no client has connected for this agent",
    ]);
    expect(stage.port.asked).toEqual([]);
  });

  test("a Login that Finesse refuses", async () => {
    await stage.send("Connect#1001", "pc1,s3cret-pw");
    stage.port.onSignIn = () =>
      Promise.resolve({
        outcome: "refused",
        refusal: {
          type: "Invalid Device",
          code: "1",
          words: "not yours, 42001",
          hint: undefined,
          late: false,
        },
      });
    await stage.send("Login#1001", "s3cret-pw,42001");
    expect(stage.heard()).toEqual(["pc1 1001#Error#login#CF_GENERIC_UNSPECIFIED#not yours 42001"]);
    await stage.send("Login#1001", "s3cret-pw,");
    expect(stage.heard()).toEqual(["pc1 1001#Error#login#MISSING_EXTENSION#the argument extension is empty"]);
  });

  test("Finesse that cannot be reached", async () => {
    stage.port.attach = () =>
      Promise.reject(new CtiError({ code: "finesse-unreachable", message: "no answer" }));
    await stage.send("Connect#1001", "pc1,s3cret-pw");
    expect(stage.heard()).toEqual(["pc1 1001#Error#connect#OUT_OF_SERVICE#no answer"]);
  });

  test("a Connect that cannot be read is told where it wants to be, if that may be", async () => {
    await stage.send("Connect#1001", "pc1,s3cret,pw");
    await stage.send("Connect#1001", '{"destination":"pc1"}');
    await stage.send("Connect#1001", "Connector1,");
    expect(stage.heard().map((line) => line.split("#").slice(0, 4).join("#"))).toEqual([
      "pc1 1001#Error#connect#INVALID_REQUEST",
      "pc1 1001#Error#connect#MISSING_PASSWORD",
    ]);
  });

  test("a destination that no client may have is never written to", async () => {
    for (const name of ["Connector1", "Connector1.peers", "ActiveMQ.DLQ", "a b", "x/y"])
      await stage.send("Connect#1001", `${name},s3cret-pw`);
    await stage.send("Hello#Connector1");
    expect(stage.said).toEqual([]);
    expect(stage.port.asked).toEqual([]);
    expect(stage.desk.counts.refused).toBe(6);
  });
});

describe("encrypted passwords (§10)", () => {
  const key = passwordKey("0123456789abcdeffedcba98765432101122334455667788");
  const sent = (password: string) => encryptPassword(password, key, defaultSecurePassword);

  test("are decrypted where the setting says, and are secrets from then on", async () => {
    stage = new Stage({ securePassword: { ...defaultSecurePassword, applies: ["login"] } }, key);
    await stage.send("Connect#1001", "pc1,s3cret-pw");
    await stage.send("Login#1001", `${sent("s3cret-pw")},42001`);
    expect(stage.heard()).toEqual([`pc1 ${info}`, `pc1 ${state("NOT_READY")}`]);
    expect(stage.port.secrets).toContain("s3cret-pw");
  });

  test("garbage and other keys are a plain error", async () => {
    stage = new Stage({ securePassword: defaultSecurePassword }, key);
    await stage.send("Connect#1001", "pc1,s3cret-pw");
    expect(stage.heard()[0]).toStartWith("pc1 1001#Error#connect#GENERAL_ERROR#DECRYPTION: ");
    expect(stage.port.asked).toEqual([]);
  });
});

describe("commands (§4.2, §4.3)", () => {
  test.each([
    ["MakeReady", null, "ready 1001"],
    ["MakeNotReady", null, "not-ready 1001"],
    ["MakeNotReadyWithReason", "2", 'not-ready 1001 "2"'],
    ["LogoutWithReason", "7", 'logout 1001 "7"'],
    ["force_logout", null, "logout 1001"],
    ["MakeCall", "03001234567", 'dial 1001 "03001234567"'],
    ["AnswerCall", "168", 'answer 1001 "168"'],
    ["HoldCall", "168", 'hold 1001 "168"'],
    ["RetrieveCall", "168", 'retrieve 1001 "168"'],
    ["ReleaseCall", "168", 'drop 1001 "168"'],
    ["Transfer_sst", "42002,168", 'transfer 1001 "42002" "168"'],
    ["ConsultCall", "42002,168", 'consult 1001 "42002" "168"'],
    ["TransferCall", "42002,168", 'transfer 1001 "168"'],
    ["ConferenceCall", "42002,168", 'conference 1001 "168"'],
    ["SendDTMF", "168,12#", 'dtmf 1001 "12#" "168"'],
    ["UpdateCallVariable", "168,callVariable1=x", 'set 1001 {"callVariable1":"x"} "168"'],
    ["UpdateWrapup", "168,Sold", 'wrap-up 1001 ["Sold"] "168"'],
  ])("%s", async (command, body, asked) => {
    await stage.signedIn();
    await stage.send(`${command}#1001`, body);
    expect(stage.port.asked).toEqual([asked]);
    expect(stage.port.keys.at(-1)).toMatch(/^gc:ID:client-\d+$/);
  });

  test("State comes from the event; where none came, from the outcome", async () => {
    await stage.signedIn();
    stage.port.onExecute = () => {
      stage.port.session("1001", { state: agent({ state: "READY" }) });
      stage.emit("1001", { type: "agent.changed", state: agent({ state: "READY" }), previous: "NOT_READY" });
      return Promise.resolve({});
    };
    await stage.send("MakeReady#1001");
    expect(stage.heard()).toEqual([`pc1 ${state("READY")}`]);
    stage.port.onExecute = () => Promise.resolve({ outcome: "pending" });
    await stage.send("MakeReady#1001");
    expect(stage.heard()).toEqual([`pc1 ${state("READY")}`]);
  });

  test("a call's news comes from the event; where none came, again", async () => {
    await stage.signedIn();
    stage.call("1001", { type: "call.started", call: call() });
    stage.heard();
    const active = call({ state: "ACTIVE" });
    stage.port.onExecute = () => {
      stage.call("1001", { type: "call.changed", call: active });
      return Promise.resolve({ call: active });
    };
    await stage.send("AnswerCall#1001", "16802321");
    expect(stage.heard().map((line) => line.split("#").slice(1, 3))).toEqual([["InboundCall", "ACTIVE"]]);
    stage.port.onExecute = () => Promise.resolve({ call: active });
    await stage.send("RetrieveCall#1001", "16802321");
    expect(stage.heard().map((line) => line.split("#").slice(1, 3))).toEqual([["InboundCall", "ACTIVE"]]);
  });

  test("who names the consult call means the held one", async () => {
    await stage.signedIn();
    stage.call("1001", { type: "call.started", call: call({ state: "HELD" }) });
    stage.call("1001", { type: "call.started", call: dialled({ parent: "I-1", state: "ACTIVE" }) });
    await stage.send("TransferCall#1001", "42002,16802399");
    expect(stage.port.asked).toEqual(['transfer 1001 "16802321"']);
  });

  test("refused, unknown, thrown", async () => {
    await stage.signedIn();
    stage.port.onExecute = () =>
      Promise.resolve({
        outcome: "refused",
        refusal: { type: "Invalid State", code: "22", words: "not now", hint: undefined, late: false },
      });
    await stage.send("HoldCall#1001", "168");
    expect(stage.heard()).toEqual(["pc1 1001#Error#holdcall#CF_INVALID_OBJECT_STATE#not now"]);
    stage.port.onExecute = () => Promise.resolve({ outcome: "unknown", message: "no outcome in time" });
    await stage.send("MakeReady#1001");
    expect(stage.heard()).toEqual([
      "pc1 1001#Error#makeready#TIMEOUT#no outcome in time",
      `pc1 ${state("NOT_READY")}`,
    ]);
    stage.port.onExecute = () =>
      Promise.reject(new CtiError({ code: "no-such-call", message: "there is no call 168" }));
    await stage.send("HoldCall#1001", "168");
    expect(stage.heard()).toEqual([
      "pc1 1001#Error#holdcall#CF_INVALID_OBJECT_STATE#there is no call 168",
      "pc1 1001#InboundCall#NotFound#dialogId:168",
    ]);
    stage.port.sessions.clear();
    await stage.send("MakeReady#1001");
    expect(stage.heard()).toEqual([
      "pc1 1001#Error#makeready#NOT_LOGGED_IN#not signed in",
      `pc1 ${state("LOGOUT")}`,
    ]);
    stage.port.execute = () => Promise.reject(new Error("a bug"));
    await stage.send("MakeReady#1001");
    expect(stage.heard()).toEqual([
      "pc1 1001#Error#makeready#GENERAL_ERROR#something in cti itself went wrong: a bug",
    ]);
  });

  test("late refusals name the request", async () => {
    await stage.signedIn();
    const refusal = { type: "Device Busy", code: undefined, words: undefined, hint: undefined, late: true };
    stage.emit("1001", { type: "command.failed", verb: "dial", refusal });
    stage.emit("1001", { type: "command.failed", verb: undefined, refusal });
    expect(stage.heard()).toEqual([
      "pc1 1001#Error#makecall#CF_RESOURCE_BUSY#Device Busy",
      "pc1 1001#Error#session#CF_RESOURCE_BUSY#Device Busy",
    ]);
  });

  test("what is not offered, not known, not understood", async () => {
    await stage.signedIn();
    await stage.send("silentmonitor#1001", "42002");
    await stage.send("Dance#1001");
    await stage.send("MakeCall#1001");
    expect(stage.heard()).toEqual([
      "pc1 1001#Error#silentmonitor#NOT_SUPPORTED#this connector does not offer that",
      "pc1 1001#Error#unknown#dance#there is no such command",
      "pc1 1001#Error#makecall#INVALID_REQUEST#the argument number is missing",
    ]);
    stage.post("no request at all");
    stage.post(null);
    expect(stage.desk.counts.refused).toBe(2);
  });

  test("GetState and GetDialogState", async () => {
    await stage.signedIn();
    await stage.send("GetState#1001");
    expect(stage.heard()).toEqual([`pc1 ${state("NOT_READY")}`]);
    await stage.send("GetDialogState#1001", "168");
    expect(stage.heard()).toEqual(["pc1 1001#InboundCall#NotFound#dialogId:168"]);
    stage.port.session("1001", { calls: [call()] });
    await stage.send("GetDialogState#1001", "16802321");
    expect(stage.heard().map((line) => line.split("#").slice(1, 3))).toEqual([
      ["NewInboundCall", "03001234567"],
      ["InboundCall", "ALERTING"],
    ]);
    stage.port.sessions.clear();
    await stage.send("GetState#1001");
    expect(stage.heard()).toEqual([`pc1 ${state("LOGOUT")}`]);
  });
});

describe("lists", () => {
  const reason = (code: string, label: string) => ({
    id: `9${code}`,
    category: "NOT_READY",
    code,
    label,
    forAll: true,
    systemCode: false,
  });

  test("reasons by code, wrap-up reasons by id", async () => {
    await stage.signedIn();
    stage.port.choices = {
      notReady: [reason("1", "Lunch"), reason("2", "Break, short")],
      logout: [reason("7", "End")],
      wrapUp: [{ id: "3", label: "Sold", forAll: true }],
    };
    await stage.send("reasoncodenotready#1001");
    await stage.send("ReasonCodeLogout#1001");
    await stage.send("wrapupreasoncode#1001");
    expect(stage.heard()).toEqual([
      "pc1 1001#ReasonCodes#NotReady#1,2#labels:Lunch,Break  short",
      "pc1 1001#ReasonCodes#Logout#7#labels:End",
      "pc1 1001#ReasonCodes#WrapUp#3#labels:Sold",
    ]);
  });

  test("phone books and their contacts", async () => {
    await stage.signedIn();
    await stage.send("GetPhonebooks#1001");
    expect(stage.heard()).toEqual(["pc1 1001#Phonebooks#NoTeamPhoneBookFound"]);
    const contact = { firstName: "Ann", lastName: "Lee", number: "0300", description: undefined };
    stage.port.contacts = [
      { ...contact, book: "All", bookType: "GLOBAL" },
      { ...contact, number: "0301", book: "Sales", bookType: "TEAM" },
      { ...contact, number: "0302", book: "All", bookType: "GLOBAL" },
    ];
    await stage.send("GetPhonebooks#1001");
    await stage.send("GetTeamPhonebooks#1001", "5001");
    await stage.send("GetPhonebookContacts#1001", "1");
    await stage.send("GetPhonebookContacts#1001", "7");
    expect(stage.heard()).toEqual([
      "pc1 1001#Phonebooks#name:All,type:GLOBAL,id:1#name:Sales,type:TEAM,id:2",
      "pc1 1001#TeamPhoneBooks#name:Sales,type:TEAM,id:2",
      "pc1 1001#PhonebookContacts#description:,firstName:Ann,lastName:Lee,phone:0300,id:1#description:,firstName:Ann,lastName:Lee,phone:0302,id:2",
      "pc1 1001#PhonebookContacts#NoContactFound",
    ]);
  });

  test("that cannot be had are an error", async () => {
    await stage.signedIn();
    stage.port.reasons = () => Promise.reject(new CtiError({ code: "timeout", message: "too slow" }));
    await stage.send("reasoncodenotready#1001");
    expect(stage.heard()).toEqual(["pc1 1001#Error#reasoncodenotready#TIMEOUT#too slow"]);
  });
});

describe("stale and repeated requests", () => {
  test("too old, by the broker's time and our own: told, not done", async () => {
    await stage.signedIn();
    await stage.send("MakeCall#1001", "0300", { waited: 10_001 });
    const words = "the request was too old when it came and was not done";
    expect(stage.heard()).toEqual([`pc1 1001#Error#makecall#STALE#${words}`]);
    await stage.send("Connect#1002", "pc2,s3cret-pw", { waited: 60_000 });
    expect(stage.heard()).toEqual([`pc2 1002#Error#connect#STALE#${words}`]);
    await stage.send("Hello#pc2", null, { waited: 60_000 });
    expect(stage.heard()).toEqual([]);
    expect(stage.port.asked).toEqual([]);
    expect(stage.desk.counts.stale).toBe(3);
  });

  test("waiting behind a slow Login counts", async () => {
    await stage.send("Connect#1001", "pc1,s3cret-pw");
    const slow = Promise.withResolvers<object>();
    stage.port.onSignIn = () => slow.promise;
    stage.post("Login#1001", "s3cret-pw,42001");
    stage.post("MakeCall#1001", "0300", { waited: 4000 });
    await stage.settle();
    stage.port.clock.advance(6001);
    slow.resolve({});
    await stage.settle();
    expect(stage.heard().at(-1)).toStartWith("pc1 1001#Error#makecall#STALE#");
    expect(stage.port.asked).toEqual(["attach 1001", "login 1001"]);
  });

  test.each([
    ["MakeCall", "0300"],
    ["ConsultCall", "0300,16802321"],
    ["Transfer_sst", "0300,16802321"],
    ["TransferCall", "42002,16802321"],
    ["ConferenceCall", "42002,16802321"],
    ["SendDTMF", "16802321,1"],
    ["ReleaseCall", "16802321"],
    ["MakeReady", null],
  ])("%s twice is done once, and answered by how things stand", async (command, body) => {
    await stage.signedIn();
    stage.port.session("1001", { calls: [call({ state: "ACTIVE" })] });
    await stage.send(`${command}#1001`, body, { id: "ID:1" });
    expect(stage.port.asked).toHaveLength(1);
    stage.heard();
    await stage.send(`${command}#1001`, body, { id: "ID:1", redelivered: true });
    await stage.send(`${command}#1001`, body, { id: "ID:2", redelivered: true });
    expect(stage.port.asked).toHaveLength(1);
    const heard = stage.heard().map((line) => line.split("#").slice(1, 3).join(" "));
    expect(heard).toEqual(["State NOT_READY", "InboundCall ACTIVE", "State NOT_READY", "InboundCall ACTIVE"]);
    expect(stage.desk.counts.repeated).toBe(2);
  });

  test("Connect and Login handed out again are done: the client waits for them", async () => {
    await stage.send("Connect#1001", "pc1,s3cret-pw", { redelivered: true });
    await stage.send("Login#1001", "s3cret-pw,42001", { redelivered: true });
    expect(stage.heard()).toEqual([`pc1 ${info}`, `pc1 ${state("NOT_READY")}`]);
  });
});

describe("order", () => {
  test("requests of an agent start as they came, without waiting for each other's outcome", async () => {
    await stage.signedIn();
    stage.port.onExecute = () => new Promise(() => {});
    for (const command of ["MakeReady", "MakeNotReady", "MakeReady"]) stage.post(`${command}#1001`);
    await stage.settle();
    expect(stage.port.asked).toEqual(["ready 1001", "not-ready 1001", "ready 1001"]);
  });

  test("nothing overtakes Connect, Login and Logout; Logout waits for what was asked before it", async () => {
    const release = Promise.withResolvers<object>();
    stage.port.onExecute = (_agent, { verb }) => (verb === "drop" ? release.promise : Promise.resolve({}));
    stage.post("Connect#1001", "pc1,s3cret-pw");
    stage.post("Login#1001", "s3cret-pw,42001");
    stage.post("ReleaseCall#1001", "168");
    stage.post("MakeNotReady#1001");
    stage.post("Logout#1001");
    stage.post("Login#1001", "s3cret-pw,42001");
    await stage.settle();
    expect(stage.port.asked).toEqual(["attach 1001", "login 1001", 'drop 1001 "168"', "not-ready 1001"]);
    release.resolve({});
    await stage.settle();
    expect(stage.port.asked.slice(4)).toEqual(["logout 1001", "login 1001"]);
  });

  test("one agent's trouble holds up nobody else, and his lane has an end", async () => {
    await stage.signedIn();
    await stage.signedIn("1002", "pc2");
    stage.port.onExecute = (who) => (who === "1001" ? new Promise(() => {}) : Promise.resolve({}));
    for (let count = 0; count < 201; count++) stage.post("MakeReady#1001");
    await stage.send("MakeReady#1002");
    expect(stage.heard()).toEqual([
      "pc1 1001#Error#makeready#BUSY#too many requests of this agent wait",
      `pc2 ${state("NOT_READY", "1002")}`,
    ]);
  });
});

describe("many clients, many agents", () => {
  test("an agent's news goes to each of his clients, each agent's to his own", async () => {
    await stage.signedIn("1001", "siebel");
    await stage.signedIn("1002", "siebel");
    await stage.send("Connect#1001", "pc1,s3cret-pw");
    stage.emit("1001", { type: "agent.changed", state: agent({ state: "READY" }), previous: "NOT_READY" });
    stage.emit("1002", { type: "agent.changed", state: agent({ state: "READY" }), previous: "NOT_READY" });
    expect(stage.heard()).toEqual([
      `siebel ${state("READY")}`,
      `pc1 ${state("READY")}`,
      `siebel ${state("READY", "1002")}`,
    ]);
    expect(stage.desk.clients()).toMatchObject([
      { name: "siebel", agents: ["1001", "1002"] },
      { name: "pc1", agents: ["1001"] },
    ]);
    expect([...stage.peers.held]).toEqual([
      ["1001", ["siebel", "pc1"]],
      ["1002", ["siebel"]],
    ]);
  });

  test("who signed out and works elsewhere now leaves the old seat behind", async () => {
    const signOut = () => {
      stage.emit("1001", { type: "agent.changed", state: agent({ state: "LOGOUT" }), previous: "READY" });
      stage.emit("1001", { type: "session.signed-out", by: "command" });
      stage.port.sessions.delete("1001");
    };
    await stage.signedIn();
    signOut();
    await stage.send("Login#1001", "s3cret-pw,42001");
    expect(stage.heard().at(-1)).toBe(`pc1 ${state("NOT_READY")}`);
    signOut();
    stage.heard();
    await stage.send("Connect#1001", "pc2,s3cret-pw");
    await stage.send("Connect#1001", "pc3,s3cret-pw");
    await stage.send("Login#1001", "s3cret-pw,42001");
    expect(stage.heard().map((line) => line.slice(0, line.indexOf("#", 9)))).toEqual([
      "pc2 1001#AgentInfo",
      "pc3 1001#AgentInfo",
      "pc2 1001#State",
      "pc3 1001#State",
    ]);
    expect([...stage.presence.watched]).toEqual(["pc2", "pc3"]);
  });

  test("a session may call its agent otherwise than the client does", async () => {
    const status = stage.port.session("1001");
    stage.port.sessions.set("ayesha", status);
    await stage.send("Connect#ayesha", "pc1,s3cret-pw");
    stage.emit("1001", { type: "agent.changed", state: agent({ state: "READY" }), previous: "NOT_READY" });
    expect(stage.heard()).toEqual([`pc1 ${state("READY", "ayesha")}`]);
  });

  test("a supervisor changes a member of his team, nobody else does", async () => {
    await stage.signedIn("2001", "boss");
    stage.port.session("1001", { state: agent() });
    await stage.send("MakeReady#1001");
    expect(stage.heard()).toEqual([]);
    stage.emit("2001", {
      type: "agent.changed",
      state: agent({ id: "2001", roles: ["Supervisor"], teams: [{ id: "5001", name: "Sales" }] }),
      previous: "READY",
    });
    stage.heard();
    stage.port.asked.length = 0;
    await stage.send("MakeReady#1001");
    await stage.send("MakeCall#1001", "0300");
    expect(stage.port.asked).toEqual(["ready 1001"]);
    expect(stage.heard()).toEqual([`boss ${state("NOT_READY")}`]);
  });
});

describe("JSON clients", () => {
  test("are answered in JSON, on their own destination only", async () => {
    await stage.send("Connect#1001", "pc1,s3cret-pw");
    await stage.send("Connect#1001", '{"destination":"web1","password":"s3cret-pw"}');
    await stage.send("GetState#1001");
    const [first = "", second = ""] = stage.heard();
    // Nothing known of a session: signed out.
    expect(first).toStartWith("pc1 1001#State#LOGOUT");
    expect(JSON.parse(second.replace("web1 ", ""))).toMatchObject({
      event: "agentState",
      agent: "1001",
      response: { loginId: "1001", state: "LOGOUT" },
    });
    await stage.send("Hello#web2", "{}");
    expect(stage.heard()[0]).toStartWith('web2 {"event":"systemInfo"');
  });

  test("or everybody, by the setting", async () => {
    stage = new Stage({ flavour: "json" });
    await stage.send("Hello#pc1");
    expect(stage.heard()[0]).toStartWith('pc1 {"event":"systemInfo"');
  });
});

describe("whoever is there", () => {
  test("holds a lease, renewed while the client is present", async () => {
    await stage.signedIn();
    expect([...stage.port.leases]).toEqual(["1001 gc:pc1"]);
    stage.presence.absent.add("pc1");
    stage.port.clock.advance(10_000);
    expect([...stage.port.leases]).toEqual([]);
    stage.presence.absent.delete("pc1");
    stage.port.clock.advance(10_000);
    expect([...stage.port.leases]).toEqual(["1001 gc:pc1"]);
    stage.presence.absent.add("pc1");
    stage.port.clock.advance(11 * 60_000);
    expect(stage.desk.clients()).toEqual([]);
    expect(stage.presence.watched.size).toBe(0);
    expect(stage.peers.held.size).toBe(0);
  });

  test("a client that beats and was forgotten is sent back to Connect, once", async () => {
    await stage.send("Beat#pc1");
    await stage.send("Beat#pc1");
    expect(stage.heard()).toEqual(["pc1 System#IN_SERVICE", "pc1 System#RECONNECT", "pc1 System#IN_SERVICE"]);
    stage.peers.elsewhere.set("1002", ["pc2"]);
    await stage.send("Beat#pc2");
    expect(stage.heard()).toEqual(["pc2 System#IN_SERVICE"]);
    expect(stage.presence.beats).toEqual(["pc1", "pc1", "pc2"]);
  });

  test("after a restart that sessions outlived, a greeting may be a forgotten client's", async () => {
    const port = stage.port;
    port.session("1001");
    stage = new Stage({}, undefined, port);
    await stage.send("Hello#pc1");
    await stage.send("Hello#pc1");
    expect(stage.heard()).toEqual(["pc1 System#IN_SERVICE", "pc1 System#RECONNECT", "pc1 System#IN_SERVICE"]);
    await stage.send("Connect#1001", "pc1,s3cret-pw");
    await stage.send("GetState#1001");
    await stage.send("Hello#pc2");
    expect(stage.heard()).toEqual([`pc1 ${state("NOT_READY")}`, "pc2 System#IN_SERVICE"]);
  });

  test("the connector's own action on an empty seat is told in words", async () => {
    await stage.signedIn();
    stage.emit("1001", { type: "session.unattended", then: "not-ready", after: 60 });
    expect(stage.heard()).toEqual(["pc1 1001#Control##no client for 60 s: not-ready"]);
  });
});
