import fc from "fast-check";
import type { SendResult } from "../../../src/crm/adapter.ts";
import type { DeliveryPolicy } from "../../../src/model/delivery.ts";

export type Act =
  | { do: "add"; event: boolean; policy: DeliveryPolicy; key: string; call: string; count: number }
  | { do: "turn" | "kill" | "end" | "retry" }
  | { do: "wait"; time: number }
  | { do: "answer"; which: number; result: SendResult["result"] }
  | { do: "wake"; key: string }
  | { do: "over"; event: boolean; call: string }
  | { do: "discard"; which: number }
  | { do: "disk"; fails: boolean };

const key = fc.constantFrom("1001", "1002");
const call = fc.constantFrom("one", "two");
const one = <Name extends string>(name: Name) => fc.record({ do: fc.constant(name) });

/** What may happen; `disk`: also that it fails. */
export function acts(disk: boolean): fc.Arbitrary<Act[]> {
  const act: fc.Arbitrary<Act> = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant("add" as const),
        event: fc.boolean(),
        policy: fc.constantFrom<DeliveryPolicy>("pop", "record"),
        key,
        call,
        count: fc.integer({ min: 1, max: 2 }),
      }),
    },
    { weight: 12, arbitrary: one("turn") },
    {
      weight: 9,
      arbitrary: fc.record({
        do: fc.constant("answer" as const),
        which: fc.nat(1),
        result: fc.constantFrom<SendResult["result"]>("sent", "sent", "retry", "retry", "rejected"),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("wait" as const),
        time: fc.constantFrom(1, 300, 2500, 14_000, 15_000, 36_000, 60_000),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("over" as const), event: fc.boolean(), call }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("wake" as const), key }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("discard" as const), which: fc.nat(3) }) },
    { weight: 2, arbitrary: one("retry") },
    { weight: 2, arbitrary: one("kill") },
    { weight: 1, arbitrary: one("end") },
    ...(disk
      ? [{ weight: 3, arbitrary: fc.record({ do: fc.constant("disk" as const), fails: fc.boolean() }) }]
      : []),
  );
  return fc.array(act, { maxLength: 50, size: "max" });
}
