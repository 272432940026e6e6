import type { Overlay } from "../store/state.ts";
import { agents } from "./agents.ts";
import { confirm } from "./confirm.ts";
import type { BodySize, Drawing, OverlayKind, OverlaySight, Reply } from "./contract.ts";
import { dial } from "./dial.ts";
import { dtmf } from "./dtmf.ts";
import { help } from "./help.ts";
import { messages } from "./messages.ts";
import { palette } from "./palette.ts";
import { quit } from "./quit.ts";
import { reasons } from "./reasons.ts";
import { signIn } from "./sign-in.ts";
import { variables } from "./variables.ts";
import { wrapUp } from "./wrap-up.ts";

/** One overlay that is open, with its own state; nobody else looks into that. */
export interface OpenOverlay {
  press: (key: string, sight: OverlaySight) => Reply<OpenOverlay>;
  paste: (text: string, sight: OverlaySight) => Reply<OpenOverlay>;
  /** Rows wanted inside the border; `undefined`: all there are. */
  height: (sight: OverlaySight, columns: number) => number | undefined;
  draw: (sight: OverlaySight, size: BodySize) => Drawing;
}

/** Opens an overlay of any kind. */
export function openOverlay(overlay: Overlay, sight: OverlaySight): OpenOverlay {
  switch (overlay.kind) {
    case "help":
      return begin(help, overlay, sight);
    case "palette":
      return begin(palette, overlay, sight);
    case "sign-in":
      return begin(signIn, overlay, sight);
    case "agents":
      return begin(agents, overlay, sight);
    case "dial":
      return begin(dial, overlay, sight);
    case "reasons":
      return begin(reasons, overlay, sight);
    case "wrap-up":
      return begin(wrapUp, overlay, sight);
    case "variables":
      return begin(variables, overlay, sight);
    case "dtmf":
      return begin(dtmf, overlay, sight);
    case "messages":
      return begin(messages, overlay, sight);
    case "confirm":
      return begin(confirm, overlay, sight);
    case "quit":
      return begin(quit, overlay, sight);
  }
}

function begin<Kind extends Overlay["kind"], State>(
  kind: OverlayKind<Kind, State>,
  overlay: Overlay & { kind: Kind },
  sight: OverlaySight,
): OpenOverlay {
  return running(kind, overlay, kind.open(overlay, sight));
}

function running<Kind extends Overlay["kind"], State>(
  kind: OverlayKind<Kind, State>,
  overlay: Overlay & { kind: Kind },
  state: State,
): OpenOverlay {
  const after = ({ state: next, ...rest }: Reply<State>): Reply<OpenOverlay> => ({
    ...rest,
    state: running(kind, overlay, next),
  });
  return {
    press: (key, sight) => after(kind.press(state, key, sight, overlay)),
    paste: (text, sight) =>
      after(kind.paste === undefined ? { state } : kind.paste(state, text, sight, overlay)),
    height: (sight, columns) => kind.height?.(state, sight, overlay, columns),
    draw: (sight, size) => kind.draw(state, sight, size, overlay),
  };
}
