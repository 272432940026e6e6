import { expect, test } from "bun:test";
import { House } from "./house.ts";

test("the agent who transfers blindly goes from the call into wrap-up, not through READY", () => {
  const house = new House();
  house.signIn("1001", "READY");
  const { dialogId = "" } = house.engine.control.call({ agent: "1001", from: "5551234", bare: true });
  house.settle();
  house.act("1001", dialogId, "ANSWER");
  house.settle();
  house.told("1001");
  house.act("1001", dialogId, "TRANSFER_SST", "<toAddress>2002</toAddress>");
  house.settle();
  expect(house.told("1001").filter((line) => line.startsWith("user"))).toEqual(["user WORK_READY"]);
});
