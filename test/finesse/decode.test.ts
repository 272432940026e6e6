import { describe, expect, test } from "bun:test";
import { decodeFinesse } from "../../src/finesse/decode.ts";
import { CtiError } from "../../src/model/errors.ts";
import {
  dialogXml,
  escapeText,
  lateErrorXml,
  stanzaXml,
  systemInfoXml,
  updateXml,
  userXml,
} from "./samples.ts";

describe("cti decode reads", () => {
  test.each([
    ["a stanza", stanzaXml([escapeText(updateXml(userXml))]), "notification"],
    ["an Update", updateXml(userXml), "update"],
    ["an escaped Update", escapeText(updateXml(userXml)), "update"],
    ["a User with prolog and byte order mark", `\ufeff<?xml version="1.0"?>\n${userXml}\n`, "user"],
    ["Users", `<Users>${userXml}</Users>`, "users"],
    ["a Dialog", dialogXml(), "dialog"],
    ["a dialog", dialogXml({ root: "dialog" }), "dialog"],
    ["Dialogs", "<Dialogs/>", "dialogs"],
    ["ReasonCodes", '<ReasonCodes category="LOGOUT"/>', "reason-codes"],
    ["a ReasonCode", "<ReasonCode><id>1</id></ReasonCode>", "reason-code"],
    ["WrapUpReasons", "<WrapUpReasons/>", "wrap-up-reasons"],
    ["a WrapUpReason", "<WrapUpReason><label>x</label></WrapUpReason>", "wrap-up-reason"],
    ["SystemInfo", systemInfoXml, "system-info"],
    ["ApiErrors", "<ApiErrors><ApiError><ErrorType>x</ErrorType></ApiError></ApiErrors>", "errors"],
    ["a late error", lateErrorXml, "update"],
    ["anything else of Finesse's", "<Media><name>m</name></Media>", "other"],
    ["a stanza without notifications", "<presence from='finesse@x'/>", "other"],
  ])("%s", (_, text, kind) => {
    expect(decodeFinesse(text).kind).toBe(kind as ReturnType<typeof decodeFinesse>["kind"]);
  });

  test("and keeps what it has no field for", () => {
    expect(
      decodeFinesse("<Dialog><id>1</id><state>X</state><novelty><a>1</a><a/></novelty></Dialog>"),
    ).toMatchObject({
      dialog: { unknown: { novelty: { a: ["1", ""] } } },
    });
  });
});

describe("cti decode refuses", () => {
  test.each([
    ["nothing", " \n", "empty"],
    ["a log line", "2024-01-01 PUT <User/>", "begins with “2024-01-01"],
    ["JSON", '{"a":1}', "not XML"],
    ["a web page", "<!DOCTYPE html><html></html>", "HTML page"],
    ["a broken document, with the place", "<User>\n  <state>READY</stat>\n</User>", "line 2"],
    ["a cut-off document", "<User><state>", "line 1"],
    ["a User without state", "<User><loginId>1</loginId></User>", "<state> of user 1"],
    ["two documents", `${userXml}${userXml}`, "well-formed"],
  ])("%s", (_, text, words) => {
    expect.assertions(3);
    try {
      decodeFinesse(text);
    } catch (thrown) {
      if (!(thrown instanceof CtiError)) throw thrown;
      expect(thrown.code).toBe("input-invalid");
      expect(thrown.message).toContain(words);
      expect(thrown.hint).toContain("expected an XMPP message stanza");
    }
  });
});
