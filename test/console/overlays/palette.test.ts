import type { Intent } from "../../../src/console/store/state.ts";
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { completionOf, ghostOf } from "../../../src/console/overlays/palette-complete.ts";
import { quoted, wordsOf } from "../../../src/console/overlays/palette-line.ts";
import { parsePalette } from "../../../src/console/overlays/palette-parse.ts";
import { paletteVerbs } from "../../../src/console/overlays/palette-verbs.ts";
import { summaryOf } from "../../../src/console/overlays/palette-said.ts";
import { commandNames } from "./shell-verbs.ts";
import { Typist, agentWith, callWith, sightWith, stateWith, statusWith } from "./stage.tsx";

const call = "16804377";
const consulting = [
  callWith({ state: "HELD", actions: ["RETRIEVE", "TRANSFER", "CONFERENCE", "DROP"] }),
  callWith({ id: "2", party: "2002", actions: ["DROP", "HOLD", "SEND_DTMF"] }),
];
const parse = (line: string, calls = [callWith()]) => parsePalette(line, sightWith(stateWith({}, calls)));

describe("words", () => {
  test.each<[string, string[]]>([
    ["", []],
    ["  dial   555 ", ["dial", "555"]],
    [`set a="b c" d='e "f'`, ["set", "a=b c", 'd=e "f']],
    [`x "" ''`, ["x", "", ""]],
    [String.raw`a "b\"c\\d\e" C:\f`, ["a", String.raw`b"c\d\e`, String.raw`C:\f`]],
  ])("%j", (line, wanted) => {
    expect(wordsOf(line).words.map(({ text }) => text)).toEqual(wanted);
  });

  test("a quote that is not closed is known", () => {
    expect(wordsOf(`a "b c`)).toMatchObject({
      open: '"',
      words: [{ text: "a" }, { text: "b c", start: 2, end: 6 }],
    });
  });

  test("what is quoted is read back as it was", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (words) => {
        const line = words.map(quoted).join(" ");
        expect(wordsOf(line).words.map(({ text }) => text)).toEqual(words);
      }),
    );
  });
});

describe("what a line means", () => {
  test.each<[string, Intent[]]>([
    ["", []],
    ["ready", [{ do: "ready" }]],
    [":ready", [{ do: "ready" }]],
    ["not-ready", [{ do: "not-ready", reason: undefined }]],
    ["not-ready team meeting", [{ do: "not-ready", reason: "Team Meeting" }]],
    ["not-ready cafe", [{ do: "not-ready", reason: "Café" }]],
    ["not-ready 12", [{ do: "not-ready", reason: "12" }]],
    ["dial +1 (555) 12-34", [{ do: "dial", number: "+15551234" }]],
    ["dial", [{ do: "open", overlay: { kind: "dial", purpose: "dial", call: undefined } }]],
    ["hold", [{ do: "hold", call }]],
    ["hold --call 16804377", [{ do: "hold", call }]],
    ["hold --call=16804377", [{ do: "hold", call }]],
    ["drop", [{ do: "drop", call }]],
    ["consult 2002", [{ do: "consult", call, number: "2002" }]],
    ["transfer 2002", [{ do: "transfer", call, number: "2002" }]],
    ["dtmf 12-3a#", [{ do: "dtmf", call, digits: "123A#" }]],
    [
      `set callVariable1=4711 user.order="A 17=x" callVariable2=`,
      [
        {
          do: "set",
          call,
          variables: { callVariable1: "4711", "user.order": "A 17=x", callVariable2: "" },
        },
      ],
    ],
    ["set", [{ do: "open", overlay: { kind: "variables", call } }]],
    ["wrap-up order status", [{ do: "wrap-up", call, reasons: ["Order status"] }]],
    [`wrap-up "ORDER status"`, [{ do: "wrap-up", call, reasons: ["Order status"] }]],
    ["theme dark", [{ do: "set-option", option: "theme", value: "dark" }]],
    ["mouse on", [{ do: "set-option", option: "mouse", value: true }]],
    ["log", [{ do: "show", view: "log" }]],
    ["events", [{ do: "show", view: "log" }]],
    ["crm", [{ do: "show", view: "crm" }]],
    ["filter call 555", [{ do: "filter", text: "call 555" }]],
    ["filter", [{ do: "filter", text: "" }]],
    ["export a.svg", [{ do: "export", file: "a.svg", format: "svg" }]],
    [`export "my call" txt`, [{ do: "export", file: "my call", format: "txt" }]],
    ["deliveries retry", [{ do: "retry-deliveries" }]],
    ["agents 1002", [{ do: "choose-agent", agent: "1002" }]],
    ["help hold", [{ do: "open", overlay: { kind: "help", filter: "hold" } }]],
    ["q", [{ do: "quit", sure: false }]],
  ])("%j", (line, intents) => {
    expect(parse(line)).toEqual({ intents });
  });

  test.each<[string, Intent[]]>([
    ["transfer", [{ do: "transfer", call, number: undefined }]],
    ["conference", [{ do: "conference", call }]],
    ["retrieve", [{ do: "retrieve", call }]],
    ["drop --call 2", [{ do: "drop", call: "2" }]],
    ["dtmf 1", [{ do: "dtmf", call: "2", digits: "1" }]],
  ])("with a consult running: %j", (line, intents) => {
    expect(parse(line, consulting)).toEqual({ intents });
  });

  test("the ringing call is answered, whichever is chosen", () => {
    const ringing = callWith({ id: "9", state: "ALERTING", actions: ["ANSWER"] });
    const state = stateWith({ chosenCall: call }, [callWith(), ringing]);
    expect(parsePalette("answer", sightWith(state))).toEqual({ intents: [{ do: "answer", call: "9" }] });
  });

  test.each<[string, string, string | undefined]>([
    ["hodl", 'there is no command "hodl"', "did you mean: hold"],
    ["constructor", 'there is no command "constructor"', "? lists everything that can be done"],
    ["not-ready Lunhc", 'there is no not-ready reason "Lunhc"', "did you mean: Lunch"],
    ["logout x", 'there is no sign-out reason "x"', "one of: End of shift"],
    ["wrap-up Sales Complaint", "this Finesse takes one wrap-up reason for a call", undefined],
    ["wrap-up sale", 'there is no wrap-up reason "sale"', "did you mean: Sales"],
    ["retrieve", "this call is not held", undefined],
    ["transfer", "no second call", undefined],
    ["ready now", 'ready does not know what to do with "now"', undefined],
    ["hold --call 7", "there is no call 7", "calls: 16804377 (5551234)"],
    ["hold --call", "--call needs the id of a call", "calls: 16804377 (5551234)"],
    ["hold --force", "hold has no option --force", undefined],
    ["dial", "sign in first", undefined],
    ["set secret", "that is not NAME=VALUE", "write for example: set callVariable1=4711"],
    ["set a=b =secret", "that is not NAME=VALUE", "write for example: set callVariable1=4711"],
    ["set --x=secret", "set has no option --x", undefined],
    ['set a="b', 'a " is not closed', undefined],
    ["dtmf hello", '"hello" cannot be sent as tones', "tones are 0-9, *, # and A-D"],
    ["dial )(", "there is no number to dial", undefined],
    ["theme pink", "theme pink is not known", "one of: auto, dark, light, none"],
    ["export", "export needs more: export FILE [svg|txt]", undefined],
    ["export a pdf", "there is no format pdf", "svg or txt"],
    ["deliveries", "deliveries needs more: deliveries retry", undefined],
    ["agents 7", "agent 7 is not known", "one of: 1001, 1002"],
  ])("%j is refused: %s", (line, error, hint) => {
    const state =
      line === "dial"
        ? stateWith({ agent: undefined })
        : stateWith({}, line === "logout x" ? [] : [callWith()]);
    expect(parsePalette(line, sightWith(state))).toEqual(hint === undefined ? { error } : { error, hint });
  });

  test("a console that only watches does nothing to anybody", () => {
    const watching = stateWith({ options: { ...stateWith().options, readOnly: true } });
    for (const line of ["ready", "hold", "dial 5", "set a=b", "logout", "deliveries retry", "sign-in"])
      expect(parsePalette(line, sightWith(watching))).toEqual({ error: "this console only watches" });
    expect(parsePalette("log", sightWith(watching))).toEqual({ intents: [{ do: "show", view: "log" }] });
  });

  test("any line at all is an intent or a plain error, and values are not repeated", () => {
    const anyWord = fc.oneof(
      fc.constantFrom(...paletteVerbs.map(({ name }) => name), "--call", "a=b", '"', "'"),
      fc.string({ unit: "binary", maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(anyWord, { maxLength: 5 }), (words) => {
        const parsed = parse(words.join(" "), consulting);
        if ("error" in parsed) expect(parsed.error).not.toBe("");
        else expect(Array.isArray(parsed.intents)).toBe(true);
      }),
    );
    const said = parse("set callVariable1=topsecret topsecret");
    expect(JSON.stringify(said)).not.toContain("topsecret");
  });

  test("any word is seen after its first letter, at 80×24", () => {
    const hidden = paletteVerbs.filter(({ name }) => {
      const lines = new Typist({ kind: "palette", line: "" }).type(name.charAt(0)).drawn(72, 13);
      return !lines.slice(4).some((line) => line.trim().split(" ")[0] === name);
    });
    expect(hidden.map(({ name }) => name)).toEqual([]);
  });

  test("the shell's verbs are all there, each with a sentence", () => {
    const names = paletteVerbs.map(({ name }) => name);
    expect(commandNames.filter((name) => !names.includes(name))).toEqual([]);
    expect(paletteVerbs.filter((verb) => summaryOf(verb) === "").map(({ name }) => name)).toEqual([]);
  });
});

describe("completion", () => {
  const sight = sightWith();
  const offered = (line: string): string[] =>
    completionOf(line, line.length, sight).candidates.map(({ value }) => value);

  test.each<[string, string[]]>([
    ["ho", ["hold"]],
    ["not-ready te", ["Team Meeting"]],
    ["not-ready team me", ["Team Meeting"]],
    ["logout ", ["End of shift"]],
    ["wrap-up ord", ['"Order status"']],
    ["wrap-up Sales comp", ["Complaint"]],
    ["dial jurg", ["+493012345"]],
    ["dial 5551234 ", []],
    ["set user.", ["user.order="]],
    ["hold -", ["--call"]],
    ["hold --call ", [call]],
    ["dtmf --call 1680", [call]],
    ["theme d", ["dark"]],
    ["deliveries ", ["retry"]],
    ["export a ", ["svg", "txt"]],
    ["agents ", ["1001", "1002"]],
    ["nonsense ", []],
  ])("%j → %j", (line, wanted) => {
    expect(offered(line).slice(0, Math.max(1, wanted.length))).toEqual(wanted);
  });

  const typed = (...keys: string[]): string => {
    const typist = new Typist({ kind: "palette", line: "" });
    for (const key of keys)
      if (key.length > 1 && key.endsWith("!")) typist.type(key.slice(0, -1));
      else typist.press(key);
    return typist.drawn()[1]?.replace(/^: /, "") ?? "";
  };

  test.each<[string[], string]>([
    [["ho!", "tab"], "hold"],
    [["not-ready te!", "tab"], "not-ready Team Meeting"],
    [["dial jurg!", "tab"], "dial +493012345"],
    [["set ca!", "tab"], "set callVariable"],
    [["set ca!", "tab", "tab", "tab"], "set callVariable2="],
    [["set ca!", "tab", "tab", "tab", "shift+tab"], "set callVariable1="],
    [["wrap-up !", "tab", "tab"], 'wrap-up "Order status"'],
    [["nonsense !", "tab"], "nonsense"],
    [["ho!", "end"], "hold"],
    [["hold!", "home", "tab"], "hold"],
    [["up"], "dial 5551234"],
    [["x!", "up", "up", "down", "down"], "x"],
    [["dial 5 6!", "left", "left", "tab"], "dial 555 6"],
  ])("%j shows %j", (keys, wanted) => {
    expect(typed(...keys)).toStartWith(wanted);
  });

  test.each<[string, string, string]>([
    ["di", "al", " NUMBER"],
    ["dial", "", " NUMBER"],
    ["dial ", "", "NUMBER"],
    ["dial 5", "", ""],
    ["set user", ".order=", ""],
    ["", "", ""],
  ])("%j has the ghost %j %j", (line, rest, args) => {
    // Numbers called before are what a number may become.
    const found = ghostOf(
      line,
      sightWith(stateWith({ numbers: { dialled: [], called: [] }, phoneBook: [] })),
    );
    expect(found).toEqual({ rest, args });
  });

  test("completing any line twice keeps what stands before the word", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("", "dial 5 ", "set a=b ", "wrap-up ", "not-ready ", "hold --call "),
        fc.string({ maxLength: 4 }),
        fc.array(fc.constantFrom("tab", "shift+tab"), { maxLength: 5 }),
        (line, more, keys) => {
          const typist = new Typist({ kind: "palette", line });
          for (const key of [...more, ...keys]) typist.press(key === " " ? "space" : key);
          expect(typist.drawn(200)[1]?.slice(2)).toStartWith(line.trimEnd());
        },
      ),
    );
  });
});

describe("Enter", () => {
  test("does it, and the line is remembered", () => {
    const typist = new Typist({ kind: "palette", line: "" }).type("hold").press("enter");
    expect(typist.intents).toEqual([{ do: "back" }, { do: "line", line: "hold" }, { do: "hold", call }]);
    expect(typist.sight.state.commandLines[0]).toBe("hold");
  });

  test("says what is wrong and lets one mend it", () => {
    const typist = new Typist({ kind: "palette", line: "" }).type("hodl").press("enter");
    expect(typist.drawn().slice(2, 4)).toEqual(['× there is no command "hodl"', "→ did you mean: hold"]);
    typist.press("backspace", "backspace").type("ld").press("enter");
    expect(typist.asked).toEqual([{ do: "hold", call }]);
  });

  test("an empty line closes; so does backspace in one", () => {
    for (const key of ["enter", "backspace", "esc"])
      expect(new Typist({ kind: "palette", line: "" }).press(key)).toMatchObject({
        asked: [],
        isOpen: false,
      });
  });

  test("what opens another overlay stays open", () => {
    const typist = new Typist({ kind: "palette", line: "" }).type("dial").press("enter");
    expect(typist.sight.state.overlays).toMatchObject([{ kind: "dial" }]);
  });
});

test("an agent who is not in service is told so", () => {
  const out = statusWith([callWith()], { service: "out-of-service", state: agentWith() });
  const state = stateWith();
  const connector = state.connector === undefined ? undefined : { ...state.connector, agents: [out] };
  expect(parsePalette("hold", sightWith({ ...state, connector }))).toEqual({
    error: "Finesse is out of service",
  });
});
