import { type KeyboardEvent, type ReactNode, type RefObject, useState } from "react";
import { recentCalls } from "../calls.ts";
import { callees, found, meant } from "../find.ts";
import { words } from "../words.ts";
import { AbleButton } from "./able-button.tsx";
import { usePhone } from "./context.ts";
import { useCombobox } from "./use-combobox.ts";

interface NumberFieldProps {
  field: RefObject<HTMLInputElement | null>;
  text: string;
  onText: (text: string) => void;
  label: string;
  /** What the button does. */
  action: string;
  why: string | undefined;
  onNumber: (number: string) => void;
  id?: string;
  /** Stands at the end of the line beneath. */
  children?: ReactNode;
}

/** A number in any notation, or somebody found by name in the phone books and the calls before. */
export function NumberField({
  field,
  text,
  onText,
  label,
  action,
  why,
  onNumber,
  id,
  children,
}: NumberFieldProps) {
  const { phone, state } = usePhone();
  const [listed, setListed] = useState(false);
  const all = callees(state.contacts, recentCalls(state.page, state.contacts));
  const shown = found(all, text);
  const open = listed && shown.length > 0;
  const { active, setActive, listId, optionId, press } = useCombobox(open ? shown.length : 0, -1);
  const chosen = open ? shown[active] : undefined;
  const target = chosen ?? meant(text, shown);
  const hint =
    why !== undefined && text !== ""
      ? why
      : target === undefined
        ? ""
        : "why" in target
          ? target.why
          : willCall(target, text);
  const whyNot =
    why ?? (target === undefined ? words.whyNot.number : "why" in target ? target.why : undefined);
  const go = (): void => {
    if (target === undefined || "why" in target || whyNot !== undefined) return;
    setListed(false);
    onNumber(target.number);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" && !open) {
      setListed(true);
      event.preventDefault();
    } else if (open && press(event)) return;
    else if (event.key === "Enter") {
      event.preventDefault();
      go();
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      setListed(false);
      setActive(-1);
    }
  };
  return (
    <div className="number">
      <div className="row">
        <input
          id={id}
          ref={field}
          type="text"
          inputMode="tel"
          role="combobox"
          autoComplete="off"
          spellCheck={false}
          dir="auto"
          aria-label={label}
          placeholder={label}
          aria-expanded={open}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={chosen === undefined ? undefined : optionId(active)}
          value={text}
          onFocus={() => {
            if (state.contacts === undefined && why === undefined) phone.readPhoneBook();
          }}
          onBlur={() => setListed(false)}
          onChange={({ currentTarget }) => {
            onText(currentTarget.value);
            setActive(-1);
            setListed(currentTarget.value.trim() !== "");
          }}
          onKeyDown={pressed}
        />
        <AbleButton className="primary" why={whyNot} onPress={go}>
          {action}
        </AbleButton>
      </div>
      <div className="under">
        <p className="hint" aria-live="polite" dir="auto">
          {hint}
        </p>
        {children}
      </div>
      <div
        role="listbox"
        id={listId}
        aria-label={words.dial.suggestions}
        className="list suggestions"
        hidden={!open}
      >
        {open &&
          shown.map(({ id: key, name, number, detail, group }, index) => (
            <div
              role="option"
              key={key}
              id={optionId(index)}
              className="option two"
              aria-selected={index === active}
              title={[name, number, detail].filter((part) => part !== "").join(" · ")}
              onPointerMove={() => setActive(index)}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => {
                if (why !== undefined) return;
                setListed(false);
                onNumber(number);
              }}
            >
              <span className="cut" dir="auto">
                {name === "" ? number : name}
              </span>
              <small className="cut">
                {name !== "" && <bdi>{number} · </bdi>}
                <bdi>{group === "recent" ? words.dial.recent : detail}</bdi>
              </small>
            </div>
          ))}
      </div>
    </div>
  );
}

function willCall({ number, name }: { number: string; name: string }, text: string): string {
  if (name === "" && number === text.trim()) return "";
  return words.dial.will(name === "" ? number : `${name}, ${number}`);
}
