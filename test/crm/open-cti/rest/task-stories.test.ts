import { expect, test } from "bun:test";
import fc from "fast-check";
import { sendResultOf } from "../../../../src/crm/open-cti/rest/errors.ts";
import type { SalesforceBackEnd } from "../../../../src/crm/open-cti/rest/rest.ts";
import { ManualClock } from "../../../../src/platform/clock.ts";
import { callLog, forever, openStage } from "./stage.ts";

const fault = fc.constantFrom("lost", "row-lock", "503", "expire-tokens", "limit", "none", "none");
const turn = fc.record({
  leg: fc.constantFrom("01JA:1001", "01JB:1001", "01JB:1002"),
  fault,
  restart: fc.boolean(),
});

test.each([
  ["looked for by CallObject", undefined],
  ["by the org's own index", "CTI_Call__c"],
])("whatever fails between, each leg has one Task that says the last: %s", async (_name, externalId) => {
  const clock = new ManualClock(Date.now());
  await using stage = await openStage(
    { customFields: ["Task.CTI_Call__c"], clock },
    { externalId },
    { clock },
  );
  const { org } = stage;
  let story = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 8 }), async (turns) => {
      story += 1;
      let rest = stage.another();
      const said = new Map<string, number>();
      for (const [index, { leg, fault: name, restart }] of turns.entries()) {
        if (restart) rest = stage.another();
        if (name === "503") await org.fail("status", 503);
        else if (name !== "none") await org.fail(name);
        const callObject = `${story}-${leg}`;
        const log = callLog({ callObject, agent: leg.slice(-4), seconds: index });
        // As the outbox does: again, until it is taken.
        await taken(rest, log, async () => {
          await org.heal();
          clock.advance(16 * 60_000);
        });
        await org.heal();
        said.set(callObject, index);
      }
      const made = org.tasks().filter(({ fields }) => String(fields.CallObject).startsWith(`${story}-`));
      expect(made.map(({ fields }) => String(fields.CallObject)).toSorted()).toEqual(
        [...said.keys()].toSorted(),
      );
      for (const { fields } of made)
        expect(fields.CallDurationInSeconds).toBe(said.get(String(fields.CallObject)) ?? -1);
    }),
    { numRuns: 25 },
  );
  expect(org.complaints().filter(({ kind }) => kind !== "after-limit")).toEqual([]);
});

async function taken(
  rest: SalesforceBackEnd,
  log: ReturnType<typeof callLog>,
  later: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rest.saveTask(log, forever);
      return;
    } catch (error) {
      expect(sendResultOf(error).result).toBe("retry");
      expect(attempt).toBeLessThan(4);
      await later();
    }
  }
}
