import type { ControlClient } from "../../control/client.ts";
import type { CtiEvent } from "../../model/events.ts";
import type { LogOp } from "../store/state.ts";
import { EventWindow } from "./window.ts";

/** The log as the console works it: its window over the journal, and what is shown of it. */
export class LogDesk {
  readonly window: EventWindow;

  constructor({
    control,
  }: {
    control: Pick<ControlClient, "eventPage" | "trace">;
    say: (text: string) => void;
  }) {
    this.window = new EventWindow(control);
  }

  add(event: CtiEvent): void {
    this.window.add(event);
  }

  refresh(): void {
    this.window.refresh();
  }

  setFilter(text: string): void {
    this.window.setFilter(text);
  }

  perform(_op: LogOp): void {}

  press(_key: string): boolean {
    return false;
  }

  paste(_text: string): void {}

  textToCopy(): string | undefined {
    return undefined;
  }
}
