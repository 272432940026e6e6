import { expect, test } from "bun:test";
import { numberToDial } from "../../src/model/dial-plan.ts";
import { fakeControl, run } from "./harness.ts";

test.each([
  ["consult (20)-02", { verb: "consult", number: "2002" }],
  ["consult 2002 --call 7", { verb: "consult", number: "2002", call: "7" }],
  ["transfer", { verb: "transfer" }],
  ["transfer --call 7", { verb: "transfer", call: "7" }],
  ["transfer tel:+49-30-1234", { verb: "transfer", number: "+49301234" }],
  ["conference", { verb: "conference" }],
] as const)("cti %s", async (line, command) => {
  const control = fakeControl();
  expect((await run(line.split(" "), control)).exitCode).toBe(0);
  expect(control.commands).toEqual([command]);
});

test.each([
  ["(555) 123-4567", "5551234567"],
  ["  +49 30 / 12 34 ", "+49301234"],
  ["tel:00.49\u201130\u00a01234", "0049301234"],
  ["anna.smith@example.com", "anna.smith@example.com"],
  ["*55#", "*55#"],
])("%p is dialled as %s", (typed, dialled) => {
  expect(numberToDial(typed)).toBe(dialled);
});

test.each(["", "  ", "()", "anna smith@example.com", "55\u00005", "５５５"])("%p is no number", (typed) => {
  expect(() => numberToDial(typed)).toThrow();
});

test("the phone book is filtered by words, without regard to case and accents", async () => {
  const { stdout } = await run(["phonebook", "kohler", "SALES"], fakeControl());
  expect(stdout).toBe("2002  J\u00fcrgen K\u00f6hler  Sales, Colleagues\n");
  expect((await run(["phonebook", "nobody"], fakeControl())).stdout).toBe("no contact has all of that\n");
  const { stdout: json } = await run(["phonebook", "--json"], fakeControl());
  expect(JSON.parse(json)).toBeArrayOfSize(2);
});
