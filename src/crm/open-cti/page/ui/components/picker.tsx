import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { isFound } from "../find.ts";
import { words } from "../words.ts";
import { useCombobox } from "./use-combobox.ts";

export interface Choice {
  id: string;
  label: string;
  detail?: string;
  /** Why it cannot be chosen now. */
  why?: string | undefined;
  symbol?: ReactNode;
  group: string;
}

interface PickerProps {
  label: string;
  choices: readonly Choice[];
  empty: string;
  onChoose: (id: string) => void;
  onClose: () => void;
}

/** A list to choose from, narrowed by what is typed. */
export function Picker({ label, choices, empty, onChoose, onClose }: PickerProps) {
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const shown = choices.filter(
    (choice) => text === "" || isFound(text, `${choice.group} ${choice.label} ${choice.detail ?? ""}`),
  );
  const { active, setActive, listId, optionId, press } = useCombobox(shown.length, 0);
  useEffect(() => field.current?.focus(), []);
  const choose = (choice: Choice | undefined): void => {
    if (choice !== undefined && choice.why === undefined) onChoose(choice.id);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (press(event)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      choose(shown[active]);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
  };
  const groups = [...new Set(shown.map(({ group }) => group))];
  return (
    <div className="picker">
      <input
        ref={field}
        type="text"
        role="combobox"
        autoComplete="off"
        spellCheck={false}
        aria-label={label}
        placeholder={label}
        aria-expanded="true"
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? optionId(active) : undefined}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          setActive(0);
        }}
        onKeyDown={pressed}
      />
      <div role="listbox" id={listId} aria-label={label} className="list">
        {groups.map((group) => (
          <div role="group" aria-label={group} key={group}>
            <div className="group" aria-hidden="true">
              {group}
            </div>
            {shown.map((choice, index) =>
              choice.group === group ? (
                <div
                  role="option"
                  key={choice.id}
                  id={optionId(index)}
                  className="option"
                  aria-selected={index === active}
                  aria-disabled={choice.why === undefined ? undefined : true}
                  title={choice.why ?? choice.label}
                  onPointerMove={() => setActive(index)}
                  onPointerDown={(event) => event.preventDefault()}
                  onClick={() => choose(choice)}
                >
                  {choice.symbol !== undefined && <span aria-hidden="true">{choice.symbol}</span>}
                  <span className="cut" dir="auto">
                    {choice.label}
                  </span>
                  <small>{choice.why ?? choice.detail}</small>
                </div>
              ) : null,
            )}
          </div>
        ))}
      </div>
      {shown.length === 0 && <p className="quiet">{text === "" ? empty : words.nothingFound}</p>}
    </div>
  );
}
