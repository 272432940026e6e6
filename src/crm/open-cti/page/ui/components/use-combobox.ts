import { type KeyboardEvent, useEffect, useId, useState } from "react";

export interface Combobox {
  /** Of the chosen option, by its place among those shown; -1: none. */
  active: number;
  setActive(active: number): void;
  listId: string;
  optionId(index: number): string;
  /** True: the key was for the list. */
  press(event: KeyboardEvent): boolean;
}

/** A field with a list beneath it, worked from the field: the arrows choose, the field keeps the focus. */
export function useCombobox(count: number, first: 0 | -1): Combobox {
  const [chosen, setActive] = useState<number>(first);
  const listId = useId();
  const active = Math.min(chosen, count - 1);
  const optionId = (index: number): string => `${listId}-${index}`;
  useEffect(() => {
    if (active >= 0) document.getElementById(`${listId}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active, listId]);
  const press = (event: KeyboardEvent): boolean => {
    const next = moved(event.key, active, count, first);
    if (next === undefined || count === 0) return false;
    event.preventDefault();
    setActive(next);
    return true;
  };
  return { active, setActive, listId, optionId, press };
}

function moved(key: string, active: number, count: number, first: number): number | undefined {
  switch (key) {
    case "ArrowDown":
      return active >= count - 1 ? (first === -1 ? active : 0) : active + 1;
    case "ArrowUp":
      return active <= 0 ? (first === -1 ? -1 : count - 1) : active - 1;
    case "PageDown":
      return Math.min(count - 1, active + 8);
    case "PageUp":
      return Math.max(first, active - 8);
    default:
      return undefined;
  }
}
