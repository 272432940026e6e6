import { useEffect, useRef } from "react";
import { shortcutKeys, shortcutText } from "../shortcuts.ts";
import { words } from "../words.ts";
import { Icon } from "./icon.tsx";

/** What the keyboard does. */
export function Help({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    if (shown?.open === false) shown.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby="help" onClose={onClose}>
      <div className="title">
        <h2 id="help">{words.help.title}</h2>
        <button type="button" className="bare" aria-label={words.close} title={words.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <dl>
        {shortcutKeys.map((shortcut) => (
          <div key={shortcut}>
            <dt>
              <kbd>{shortcutText(shortcut)}</kbd>
            </dt>
            <dd>{words.shortcuts[shortcut]}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet">{words.help.also}</p>
    </dialog>
  );
}
