import { XMLParser } from "fast-xml-parser";
import type { Publication } from "../../../src/simulator/contract.ts";

const lists = new Set(["Dialog", "Participant", "action", "CallVariable"]);
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => lists.has(name) });

export interface HeardDialog {
  id: string;
  state: string;
  /** The listener's own participant. */
  own: string;
  actions: string;
}

interface ParsedDialog {
  id: string;
  state: string;
  participants: {
    Participant: { mediaAddress: string; state: string; actions: "" | { action: string[] } }[];
  };
}

export function readDialog(dialog: ParsedDialog, extension: string): HeardDialog {
  const own = dialog.participants.Participant.find((party) => party.mediaAddress === extension);
  const actions = own === undefined || own.actions === "" ? [] : own.actions.action;
  return { id: dialog.id, state: dialog.state, own: own?.state ?? "absent", actions: actions.join(" ") };
}

/** The dialogs of a GET /User/{id}/Dialogs answer. */
export function readDialogs(xml: string, extension: string): HeardDialog[] {
  const parsed: { Dialogs: "" | { Dialog: ParsedDialog[] } } = parser.parse(xml);
  return parsed.Dialogs === "" ? [] : parsed.Dialogs.Dialog.map((dialog) => readDialog(dialog, extension));
}

/** What somebody knows who only listens to one agent's events; protocol mistakes are collected. */
export class Listener {
  readonly dialogs = new Map<string, HeardDialog>();
  readonly mistakes: string[] = [];
  state = "LOGOUT";
  pending = "";

  constructor(
    readonly agent: string,
    readonly extension: string,
  ) {}

  hear(publication: Publication): void {
    if (!publication.automatic.includes(this.agent)) return;
    const { Update } = parser.parse(publication.xml);
    const { data, event } = Update;
    if (data.user !== undefined) {
      this.state = data.user.state;
      this.pending = data.user.pendingState;
    } else if (data.dialog !== undefined || data.dialogs !== undefined)
      this.#dialog(event, data.dialog ?? data.dialogs.Dialog[0]);
  }

  #dialog(event: string, parsed: ParsedDialog): void {
    const dialog = readDialog(parsed, this.extension);
    const known = this.dialogs.has(dialog.id);
    if (event === "POST" && known) this.mistakes.push(`POST of known ${dialog.id}`);
    if (event !== "POST" && !known) this.mistakes.push(`${event} of unknown ${dialog.id}`);
    if (event === "DELETE") this.dialogs.delete(dialog.id);
    else this.dialogs.set(dialog.id, dialog);
  }
}
