import { OpenCtiError, type Sforce } from "./open-cti.ts";
import type { StorageLike } from "./saved-logs.ts";
import type { SocketLike } from "./socket.ts";
import { socketPath } from "../protocol.ts";
import { words } from "./words.ts";

/** The little that the page needs of its browser, and what may go wrong there. */

/** The browser's storage; `undefined` where it allows none, as in some frames. */
export function storage(): StorageLike | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

export function kept(name: string): string | undefined {
  try {
    return storage()?.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keep(name: string, value: string): void {
  try {
    storage()?.setItem(name, value);
  } catch {
    // Then it is forgotten with the page.
  }
}

/** Takes the one-time token out of the address, at once: it must not stay in the history. */
export function takePairing(): string | undefined {
  const token = /^#pair=(.+)$/.exec(location.hash)?.[1];
  if (token === undefined) return undefined;
  history.replaceState(history.state, "", location.pathname + location.search);
  return decodeURIComponent(token);
}

export function openSocket(): SocketLike {
  const url = new URL(socketPath, location.href);
  url.protocol = url.protocol === "http:" ? "ws:" : "wss:";
  return new WebSocket(url) as unknown as SocketLike;
}

export function after(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds);
  return () => clearTimeout(timer);
}

/** The page stands in a frame: only there is Salesforce. */
export function isFramed(): boolean {
  return window.parent !== window;
}

export function metaContent(name: string): string | undefined {
  const content = document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;
  return content === undefined || content === "" ? undefined : content;
}

/** Loads the org's script. Throws OpenCtiError when it does not come, or is something else. */
export async function loadSforce(address: string): Promise<Sforce> {
  const script = document.createElement("script");
  script.src = address;
  await new Promise<void>((resolve, reject) => {
    script.onload = () => resolve();
    script.onerror = () => reject(new OpenCtiError(words.banner.noScript, false));
    document.head.append(script);
  });
  const { sforce } = window as unknown as { sforce?: { opencti?: Sforce } };
  if (sforce?.opencti === undefined) throw new OpenCtiError(words.banner.noScript, false);
  return sforce.opencti;
}
