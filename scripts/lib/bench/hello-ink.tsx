import { Text, render } from "ink";

/** The least that an Ink program can do: the yardstick of the console's first frame. */
const screen = render(<Text>hello</Text>, { alternateScreen: true });
await new Promise((resolve) => setTimeout(resolve, 30));
screen.unmount();
