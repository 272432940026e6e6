import { describe, expect, test } from "bun:test";
import type { ConsoleState, Intent, Overlay } from "../../../src/console/store/state.ts";
import { Typist, callWith, noon, sightWith, stateWith, statusWith } from "./stage.tsx";

const dialing: Overlay = { kind: "dial", purpose: "dial", call: undefined };
const call = "16804377";

describe("dial", () => {
  test.each<[string, string, Intent[]]>([
    ["a number", "555 12 34", [{ do: "dial", number: "5551234" }]],
    ["brackets", "+1 (555) 123-4567", [{ do: "dial", number: "+15551234567" }]],
    ["a link", "tel:+49-30-1234", [{ do: "dial", number: "+49301234" }]],
    ["a name of the phone book", "jurgen", [{ do: "dial", number: "+493012345" }]],
    ["a colleague", "bob c", [{ do: "dial", number: "2002" }]],
    ["a right-to-left name", "דנה", [{ do: "dial", number: "035551000" }]],
    ["nobody known", "sip:anna@example.com", [{ do: "dial", number: "sip:anna@example.com" }]],
    ["nothing", "", []],
    ["what no switch takes", "(-)", []],
    ["a name with a space that nobody has", "zzz yyy", []],
  ])("%s: %j", (_what, text, wanted) => {
    expect(new Typist(dialing).paste(text).press("enter").asked).toEqual(wanted);
    expect(new Typist(dialing).type(text).press("enter").asked).toEqual(wanted);
  });

  test("shows what will be dialled, and why not", () => {
    expect(new Typist(dialing).paste("(555) 12-34").drawn()[2]).toBe("Enter calls 5551234");
    expect(new Typist(dialing).type("jurg").drawn()[2]).toBe("Enter calls +493012345 (Jürgen Groß)");
    expect(new Typist(dialing).type("(").drawn()[2]).toBe("× there is no number to dial");
    expect(new Typist(dialing).type("flowers").drawn()[2]).toContain("sent as it is typed");
  });

  test("goes into the list and back, redials and calls back", () => {
    expect(new Typist(dialing).press("down", "enter").asked).toEqual([{ do: "dial", number: "5557777" }]);
    expect(new Typist(dialing).press("tab", "down", "down", "enter").asked).toEqual([
      { do: "dial", number: "5558888" },
    ]);
    const back = new Typist(dialing).press("down", "down", "up", "up").type("5").press("enter");
    expect(back.asked).toEqual([{ do: "dial", number: "5" }]);
    // Whoever types in the list is in the field again.
    expect(new Typist(dialing).press("tab", "4", "2", "enter").asked).toEqual([{ do: "dial", number: "42" }]);
  });

  test("a broken entry is seen, not dialled", () => {
    const typist = new Typist(dialing).type("broken").press("tab", "enter");
    expect(typist.asked).toEqual([]);
    expect(typist.isOpen).toBe(true);
    expect(typist.drawn().join("\n")).toContain("Broken Entry");
  });

  test("asks and hands over, for the call it was opened for", () => {
    const consult = new Typist({ kind: "dial", purpose: "consult", call }).type("2002").press("enter");
    expect(consult.asked).toEqual([{ do: "consult", call, number: "2002" }]);
    const transfer = new Typist({ kind: "dial", purpose: "transfer", call: undefined })
      .type("2002")
      .press("enter");
    expect(transfer.asked).toEqual([{ do: "transfer", call, number: "2002" }]);
    const none = new Typist(
      { kind: "dial", purpose: "consult", call: undefined },
      sightWith(stateWith({}, [])),
    );
    expect(none.type("2002").press("enter").asked).toEqual([]);
    expect(none.why).toBe("no call");
  });

  test("ten thousand contacts are filtered without being listed anew", () => {
    const phoneBook = Array.from({ length: 10_000 }, (_, index) => ({
      firstName: `Name${index}`,
      lastName: "Bell",
      number: String(1000 + index),
      description: undefined,
      book: "all",
      bookType: undefined,
    }));
    const typist = new Typist(dialing, sightWith(stateWith({ phoneBook })));
    expect(typist.type("name9999 bell").drawn()[1]).toContain("1 of 100");
  });
});

describe("reasons", () => {
  const notReady: Overlay = { kind: "reasons", purpose: "not-ready" };

  test.each<[string, string[], Intent[]]>([
    ["the first", ["enter"], [{ do: "not-ready", reason: "Lunch" }]],
    ["found without accents", ["c", "a", "f", "e", "enter"], [{ do: "not-ready", reason: "Café" }]],
    ["the default", ["up", "page-down", "enter"], [{ do: "not-ready", reason: undefined }]],
    ["nothing found", ["z", "z", "enter"], []],
    ["left", ["esc"], []],
  ])("%s", (_what, keys, wanted) => {
    expect(new Typist(notReady).press(...keys).asked).toEqual(wanted);
  });

  test("those of the system are nobody's to choose", () => {
    expect(new Typist(notReady).drawn().join("\n")).not.toContain("Connection Failure");
  });

  test("without any, none comes first; while they are read, too", () => {
    const empty = stateWith({ reasons: { notReady: [], logout: [], wrapUp: [] } });
    expect(new Typist(notReady, sightWith(empty)).press("enter").asked).toEqual([
      { do: "not-ready", reason: undefined },
    ]);
    expect(new Typist(notReady, sightWith(stateWith({ reasons: undefined }))).drawn().join("\n")).toContain(
      "being read",
    );
  });

  test("sign-out has its own", () => {
    const overlay: Overlay = { kind: "reasons", purpose: "logout" };
    expect(new Typist(overlay, sightWith(stateWith({}, []))).press("enter").asked).toEqual([
      { do: "logout", reason: "End of shift" },
    ]);
    const onCall = new Typist(overlay).press("enter");
    expect(onCall).toMatchObject({ asked: [], isOpen: true, why: "not during a call" });
  });
});

describe("wrap-up", () => {
  const overlay: Overlay = { kind: "wrap-up", call };

  test("one on UCCE: the space is part of what is typed", () => {
    expect(new Typist(overlay).type("order st").press("enter").asked).toEqual([
      { do: "wrap-up", call, reasons: ["Order status"] },
    ]);
  });

  test("several on UCCX, with those given before", () => {
    const state = stateWith({}, [callWith({ callKey: undefined, wrapUpReasons: ["Complaint"] })]);
    const typist = new Typist(overlay, sightWith(state)).press("space", "enter");
    expect(typist.asked).toEqual([{ do: "wrap-up", call, reasons: ["Complaint", "Sales"] }]);
    expect(new Typist(overlay, sightWith(state, { several: false })).press("enter").asked).toEqual([
      { do: "wrap-up", call, reasons: ["Sales"] },
    ]);
  });

  test("nothing to choose is said", () => {
    const none = stateWith({ reasons: { notReady: [], logout: [], wrapUp: [] } });
    expect(new Typist(overlay, sightWith(none)).press("enter").isOpen).toBe(true);
    expect(new Typist(overlay, sightWith(none)).drawn().join("\n")).toContain("no wrap-up reasons");
  });
});

describe("sign-in", () => {
  const overlay: Overlay = { kind: "sign-in" };

  test("field by field", () => {
    const typist = new Typist(overlay).type("1001").press("enter").type("2001").press("tab").type("s3 cret");
    expect(typist.drawn().join("\n")).toContain("•••••••");
    expect(typist.drawn().join("\n")).not.toContain("s3");
    expect(typist.press("enter").intents).toEqual([
      { do: "back" },
      { do: "sign-in", agent: "1001", extension: "2001", password: "s3 cret" },
    ]);
    expect(JSON.stringify(typist.sight.state)).not.toContain("s3");
  });

  test("begins at what is missing, says what is, and takes a pasted password", () => {
    const sight = sightWith(stateWith(), { signIn: { agent: "1001", extension: "2001" } });
    const typist = new Typist(overlay, sight).press("enter");
    expect(typist.asked).toEqual([]);
    expect(typist.drawn().join("\n")).toContain("the password is missing");
    expect(typist.paste("pass word\n").press("enter").asked).toEqual([
      { do: "sign-in", agent: "1001", extension: "2001", password: "pass word" },
    ]);
    const back = new Typist(overlay, sight).type("x").press("up", "ctrl+u", "tab", "enter");
    expect(back.drawn().join("\n")).toContain("at which extension?");
  });

  test("a password typed and left is gone", () => {
    const typist = new Typist(overlay, sightWith(stateWith(), { signIn: { agent: "1", extension: "2" } }));
    typist.type("secret").press("esc");
    const again = { ...typist.sight, state: { ...typist.sight.state, overlays: [overlay] } };
    expect(
      typist.desk
        .of(overlay, again)
        .draw(again, { columns: 70, rows: 6 })
        .rows[2]?.map(({ text }) => text)
        .join(""),
    ).not.toContain("•");
  });
});

describe("tones", () => {
  const overlay: Overlay = { kind: "dtmf", call };

  test("are sent as they are pressed, and shown", () => {
    const typist = new Typist(overlay).type("12a#x");
    expect(typist.asked.map((intent) => intent.do === "dtmf" && intent.digits)).toEqual(["1", "2", "A", "#"]);
    expect(typist.drawn()[1]).toBe("sent: 12A#");
    expect(typist.drawn()[2]).toBe("× x is no tone");
    expect(new Typist(overlay).paste("12 34-#").asked).toEqual([{ do: "dtmf", call, digits: "1234#" }]);
    expect(typist.press("enter").isOpen).toBe(false);
  });

  test("not into a call that takes none", () => {
    const held = stateWith({}, [callWith({ actions: ["RETRIEVE"] })]);
    expect(new Typist(overlay, sightWith(held)).type("1").asked).toEqual([]);
    expect(new Typist(overlay, sightWith(stateWith({}, []))).type("1").drawn()[2]).toBe(
      "× this call is over",
    );
  });
});

describe("variables", () => {
  const overlay: Overlay = { kind: "variables", call };
  const name = (text: string): Typist => new Typist(overlay).type(text).press("enter");

  test("found, changed, saved", () => {
    const typist = name("order").press("ctrl+u").type("B=18").press("enter");
    expect(typist.asked).toEqual([{ do: "set", call, variables: { "user.order": "B=18" } }]);
    expect(typist.isOpen).toBe(true);
    expect(name("callvariable1").press("backspace", "enter").asked).toEqual([
      { do: "set", call, variables: { callVariable1: "471" } },
    ]);
  });

  test("left as it was: nothing is sent", () => {
    expect(name("order").press("enter", "esc").asked).toEqual([]);
    const typist = name("order").type("x").press("esc");
    expect(typist.isOpen).toBe(true);
    expect(typist.asked).toEqual([]);
  });

  test("a new one, one of the dialler, a call that is over", () => {
    expect(name("user.new").type("1").press("enter").asked).toEqual([
      { do: "set", call, variables: { "user.new": "1" } },
    ]);
    expect(name("BACamp").type("1").press("enter").asked).toEqual([]);
    expect(new Typist(overlay, sightWith(stateWith({}, []))).drawn()[1]).toBe("this call is over");
  });
});

describe("questions", () => {
  test("a dangerous thing needs a y", () => {
    const overlay: Overlay = {
      kind: "confirm",
      question: "Sign out?",
      yes: { do: "logout", reason: undefined },
    };
    for (const key of ["enter", "n", "esc", "q"])
      expect(new Typist(overlay).press(key)).toMatchObject({ asked: [], isOpen: false });
    expect(new Typist(overlay).press("x", "space").isOpen).toBe(true);
    expect(new Typist(overlay).press("y").asked).toEqual([{ do: "logout", reason: undefined }]);
  });

  test("leaving says what it comes to", () => {
    const overlay: Overlay = { kind: "quit" };
    const text = new Typist(overlay).drawn().join(" ");
    expect(text).toContain("You are on a call");
    expect(text).toContain("for 60 s, 1001 is made NOT_READY");
    expect(new Typist(overlay, sightWith(stateWith({ agent: undefined }))).drawn().join(" ")).not.toContain(
      "1001",
    );
    expect(new Typist(overlay).press("enter").asked).toEqual([]);
    expect(new Typist(overlay).press("y").asked).toEqual([{ do: "quit", sure: true }]);
  });

  test("ctrl+c leaves from anywhere; asked, it is the answer", () => {
    expect(new Typist({ kind: "dtmf", call }).press("ctrl+c").asked).toEqual([{ do: "quit", sure: false }]);
    expect(new Typist({ kind: "quit" }).press("ctrl+c").asked).toEqual([{ do: "quit", sure: true }]);
  });
});

describe("agents and messages", () => {
  test("another agent, or one more", () => {
    expect(new Typist({ kind: "agents" }).type("1002").press("enter").asked).toEqual([
      { do: "choose-agent", agent: "1002" },
    ]);
    expect(new Typist({ kind: "agents" }).type("sign in").press("enter").asked).toEqual([
      { do: "open", overlay: { kind: "sign-in" } },
    ]);
  });

  test("messages, newest first, whole, copied", () => {
    const messages = [1, 2, 3].map((number) => ({
      level: "error" as const,
      text: `refused ${number}: ${"why ".repeat(30)}`,
      hint: "try again",
      at: noon,
    }));
    const typist = new Typist({ kind: "messages" }, sightWith(stateWith({ messages }))).press("down");
    const rows = typist.drawn(60, 10);
    expect(rows[2]).toContain("refused 2");
    expect(rows.join("\n")).toContain("→ try again");
    expect(rows.length).toBeLessThanOrEqual(12);
    expect(typist.press("y").asked).toMatchObject([{ do: "copy" }]);
    expect(new Typist({ kind: "messages" }).press("down", "G", "y").drawn()[1]).toBe("nothing yet");
  });
});

test("a frame that still has what was just closed does not begin it anew", () => {
  const overlay: Overlay = { kind: "palette", line: "" };
  const typist = new Typist(overlay).type("hold").press("enter");
  const late = { ...typist.sight, state: { ...typist.sight.state, overlays: [overlay] } };
  const [line] = typist.desk.of(overlay, late).draw(late, { columns: 70, rows: 10 }).rows;
  expect(line?.map(({ text }) => text).join("")).toContain("hold");
  typist.desk.forget([]);
  const [fresh] = typist.desk.of(overlay, late).draw(late, { columns: 70, rows: 10 }).rows;
  expect(fresh?.map(({ text }) => text).join("")).not.toContain("hold");
});

test("while the link is away nothing typed is lost: it goes out when the link is back", () => {
  const here = stateWith();
  const away: ConsoleState = { ...here, link: { state: "connecting" } };
  const cases: [Overlay, string, Intent][] = [
    [dialing, "5551234", { do: "dial", number: "5551234" }],
    [{ kind: "dial", purpose: "consult", call }, "2002", { do: "consult", call, number: "2002" }],
    [{ kind: "reasons", purpose: "not-ready" }, "lunch", { do: "not-ready", reason: "Lunch" }],
    [{ kind: "wrap-up", call }, "compl", { do: "wrap-up", call, reasons: ["Complaint"] }],
  ];
  for (const [overlay, text, wanted] of cases) {
    const typist = new Typist(overlay, sightWith(away)).type(text).press("enter");
    expect(typist).toMatchObject({ asked: [], isOpen: true, why: "no link to Finesse" });
    typist.sight = { ...typist.sight, state: { ...here, overlays: typist.sight.state.overlays } };
    expect(typist.press("enter").asked).toEqual([wanted]);
  }
  const typist = new Typist({ kind: "variables", call }, sightWith(away))
    .type("order")
    .press("enter", "!", "enter");
  expect(typist).toMatchObject({ asked: [], isOpen: true, why: "no link to Finesse" });
  typist.sight = { ...typist.sight, state: { ...here, overlays: typist.sight.state.overlays } };
  expect(typist.press("enter").asked).toEqual([{ do: "set", call, variables: { "user.order": "A 17!" } }]);
});

test("what is under way in one overlay is there again when the one above it is gone", () => {
  const below: Overlay = { kind: "palette", line: "" };
  const typist = new Typist(below).type("dial 5");
  typist.take({ do: "open", overlay: { kind: "quit" } });
  typist.press("n").type("5").press("enter");
  expect(typist.asked.at(-1)).toEqual({ do: "dial", number: "55" });
});

test("nobody signed in at all breaks no overlay", () => {
  const bare = sightWith(
    stateWith({
      agent: undefined,
      connector: undefined,
      reasons: undefined,
      phoneBook: undefined,
      team: undefined,
    }),
  );
  const overlays: Overlay[] = [
    { kind: "help", filter: "" },
    { kind: "palette", line: "set " },
    { kind: "sign-in" },
    { kind: "agents" },
    dialing,
    { kind: "reasons", purpose: "logout" },
    { kind: "wrap-up", call },
    { kind: "variables", call },
    { kind: "dtmf", call },
    { kind: "messages" },
    { kind: "quit" },
  ];
  for (const overlay of overlays)
    for (const key of ["1", "tab", "down", "enter", "page-up", "space", "alt+x", "esc"])
      expect(() => new Typist(overlay, bare).press(key, "enter").drawn()).not.toThrow();
  expect(statusWith([]).agent).toBe("1001");
});
