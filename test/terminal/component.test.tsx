import { expect, test } from "bun:test";
import { Box, Text, useApp, useInput, useWindowSize } from "ink";
import { useEffect, useState } from "react";
import { ComponentStage } from "./component.ts";

function Seat({ state }: { state: string }) {
  const { exit } = useApp();
  const { columns, rows } = useWindowSize();
  const [typed, setTyped] = useState("");
  const [listening, setListening] = useState(false);
  useInput((input, key) => {
    if (key.return) exit();
    if (input === "!") throw new Error("the component breaks");
    setTyped((before) => before + input);
  });
  useEffect(() => setListening(true), []);
  return (
    <Box flexDirection="column">
      <Text color="green">{state}</Text>
      <Text>
        {columns}×{rows} {listening ? "typed" : "starting"}: {typed}
      </Text>
    </Box>
  );
}

test("components are drawn, take keys, sizes and other properties, in colour", async () => {
  await using stage = new ComponentStage(<Seat state="NOT_READY" />, { columns: 40, rows: 5 });
  await stage.until("40×5 typed:");
  expect(stage.find("NOT_READY").style.foreground).toBe(2);
  stage.type("日本");
  await stage.until("typed: 日本");
  stage.rerender(<Seat state="READY" />);
  await stage.until(/^READY/);
  stage.resize(30, 4);
  await stage.until("30×4");
  expect(stage.alternate).toBe(true);
  expect(stage.raw.clears).toBe(0);
});

test("their end is told, and so is their failure", async () => {
  await using stage = new ComponentStage(<Seat state="READY" />);
  await stage.until("typed:");
  stage.press("enter");
  await stage.exited;
  await stage.close();
  expect(stage.raw.leftOn).toEqual([]);
  await expect(stage.until("more")).rejects.toThrow("the components are gone");
});
