import { Box, Text, render, useApp, useInput, usePaste, useWindowSize } from "ink";
import { useEffect, useState } from "react";

/** A small full-screen program as the console will be one: the tests of this folder have it for a subject. */
function Subject() {
  const { exit } = useApp();
  const { columns, rows } = useWindowSize();
  const [typed, setTyped] = useState("");
  const [count, setCount] = useState(0);
  const [last, setLast] = useState("none");
  const [pasted, setPasted] = useState("nothing");
  useInput((input, key) => {
    const name = Object.entries(key)
      .filter(([, held]) => held === true)
      .map(([held]) => held)
      .join(" ");
    setLast(name === "" ? input.slice(-5) : `${name}${/^[a-z]$/.test(input) ? ` ${input}` : ""}`);
    if (key.escape) exit();
    if (key.ctrl && input === "x")
      setTimeout(() => {
        throw new Error("the subject breaks");
      });
    if (input !== "" && !key.ctrl && !key.meta) {
      setTyped((before) => (before + input).slice(-20));
      setCount((before) => before + input.length);
    }
  });
  usePaste((text) => setPasted(JSON.stringify(text)));
  // Effects run after the first frame, those of the hooks above among them: only now are keys and pastes listened for.
  const [listening, setListening] = useState(false);
  useEffect(() => setListening(true), []);
  return (
    <Box flexDirection="column" borderStyle="round" width={columns} height={rows - 1} paddingX={1}>
      <Text>
        <Text bold color="green">
          READY
        </Text>{" "}
        <Text dimColor>for</Text> <Text inverse>00:12</Text> <Text color="red">⚠ 日本語 📞 é|</Text>
      </Text>
      <Text>
        size {columns}×{rows}
      </Text>
      <Text>
        {listening ? "typed" : "starting"} {count}: {typed}
      </Text>
      <Text>last: {last}</Text>
      <Text>pasted: {pasted}</Text>
    </Box>
  );
}

// ink listens to the keyboard only after its first frame; until then the terminal would write early keys over it.
process.stdin.setRawMode(true);
const app = render(<Subject />, { alternateScreen: true, incrementalRendering: true, maxFps: 60 });
const fail = (error: unknown): void => {
  app.unmount();
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
};
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
await app.waitUntilExit();
process.stdout.write("goodbye\n");
