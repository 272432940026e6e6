import { expect, test } from "bun:test";
import fc from "fast-check";
import { decodeFinesse } from "../../src/finesse/decode.ts";
import { parseDialog } from "../../src/finesse/parse-dialog.ts";
import { parseNotificationStanza } from "../../src/finesse/parse-stanza.ts";
import { parseUser } from "../../src/finesse/parse-user.ts";
import { parseXml, plainValue } from "../../src/finesse/xml-tree.ts";
import { escapeXml, toXml, type XmlPart } from "../../src/finesse/xml-write.ts";
import { CtiError } from "../../src/model/errors.ts";
import { dialogXml, escapeText, stanzaXml, systemInfoXml, updateXml, userXml } from "./samples.ts";

/** Text that XML can carry, with the characters that hurt made frequent. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("&", "<", "]]>", "&amp;", "\r\n", "😀", "日本", '"', "'", "é"),
    ),
  )
  .map((parts) => parts.join(""))
  .map((value) => value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, ""));
const word = text.map((value) => value.trim());
const name = fc.constantFrom(
  "callVariable1",
  "callVariable10",
  "user.a",
  "user.a[0]",
  "__proto__",
  "constructor",
  "toString",
  "BAStatus",
);

const onlyCtiErrors = (act: () => unknown) => {
  try {
    act();
  } catch (thrown) {
    if (!(thrown instanceof CtiError)) throw thrown;
  }
};

test("what is written is read back, whatever the text", () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(parseXml(toXml(["a", value])).text).toBe(value);
    }),
  );
});

test("call variables come through a stanza unchanged, in their order", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, text), { selector: ([key]) => key }), (variables) => {
      const parts: XmlPart[] = variables.map(([key, value]) => [
        "CallVariable",
        [
          ["name", key],
          ["value", value],
        ],
      ]);
      const dialog = toXml([
        "dialog",
        [
          ["state", "ACTIVE"],
          ["mediaProperties", [["callvariables", parts]]],
          ["id", "1"],
        ],
      ]);
      const [update] = parseNotificationStanza(
        stanzaXml([escapeText(updateXml(dialog)).replaceAll("\r", "&#13;")]),
      );
      const read = update?.kind === "dialogs" ? Object.entries(update.dialogs[0]?.variables ?? {}) : [];
      expect(read).toEqual(variables);
      expect(Object.getPrototypeOf(update?.kind === "dialogs" ? update.dialogs[0]?.variables : {})).toBe(
        Object.prototype,
      );
    }),
  );
});

test("a user's fields come through in any order of children and case of their names", () => {
  const fields = fc.record({
    loginId: fc.stringMatching(/^\w{1,9}$/),
    firstName: word,
    lastName: word,
    extension: word,
    state: fc.constantFrom("READY", "NEW_STATE"),
  });
  fc.assert(
    fc.property(fields, fc.infiniteStream(fc.boolean()), fc.integer(), (user, upper, turn) => {
      const parts = Object.entries(user).map(([key, value]): XmlPart => [
        upper.next().value ? key.toUpperCase() : key,
        value,
      ]);
      const turned = parts.slice(turn % parts.length).concat(parts.slice(0, turn % parts.length));
      const read = parseUser(parseXml(toXml(["user", turned])));
      expect(read).toMatchObject({
        id: user.loginId,
        state: user.state,
        firstName: user.firstName || undefined,
        extension: user.extension || undefined,
      });
    }),
  );
});

test("no text makes a parser throw anything but a CtiError", () => {
  const samples = [
    userXml,
    dialogXml(),
    systemInfoXml,
    updateXml(userXml),
    stanzaXml([escapeText(updateXml(dialogXml({ root: "dialog" })))]),
  ];
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "<",
      ">",
      "</",
      "/>",
      "&",
      "&#0;",
      "]]>",
      "<![CDATA[",
      "<!--",
      "<?",
      "<__proto__>",
      "<constructor/>",
      "<!DOCTYPE x [",
      "\u0000",
    ),
  );
  const damaged = fc
    .tuple(fc.constantFrom(...samples), fc.nat(), fc.nat(200), piece)
    .map(([sample, at, cut, inserted]) => {
      const start = at % sample.length;
      return sample.slice(0, start) + inserted + sample.slice(start + cut);
    });
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), damaged), (input) => {
      onlyCtiErrors(() => decodeFinesse(input));
      onlyCtiErrors(() => parseNotificationStanza(input));
      onlyCtiErrors(() => parseNotificationStanza(stanzaXml([escapeXml(input)])));
      onlyCtiErrors(() => parseDialog(parseXml(input)));
    }),
    { numRuns: 500 },
  );
});

test("dangerous names and huge nesting are no danger", () => {
  const read = plainValue(
    parseXml("<a><__proto__><x>1</x></__proto__><constructor>c</constructor><__proto__>2</__proto__></a>"),
  );
  expect(Object.keys(read as object)).toEqual(["__proto__", "constructor"]);
  expect(({} as Record<string, unknown>).x).toBeUndefined();
  for (const depth of [101, 100_000]) {
    expect(() => parseXml(`${"<a>".repeat(depth + 1)}${"</a>".repeat(depth + 1)}`)).toThrow(CtiError);
  }
});
