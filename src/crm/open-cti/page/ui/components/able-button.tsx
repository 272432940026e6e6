import { type ReactNode, useId } from "react";

interface AbleButtonProps {
  children: ReactNode;
  onPress: () => void;
  /** Why it cannot be pressed now; it stays where the keyboard finds it, and says so. */
  why: string | undefined;
  /** Pressed all the same: whoever cannot hover is told too. */
  onWhy?: (why: string) => void;
  className?: string;
  /** `Alt+A`. */
  shortcut?: string;
  expanded?: boolean;
  label?: string;
  id?: string;
}

/** A button that is never gone and never mute: where it cannot be pressed it says why. */
export function AbleButton({
  children,
  onPress,
  why,
  onWhy,
  className = "",
  shortcut,
  expanded,
  label,
  id,
}: AbleButtonProps) {
  const described = useId();
  const title = why ?? [label, shortcut].filter((part) => part !== undefined).join(" · ");
  return (
    <>
      <button
        type="button"
        id={id}
        className={className}
        aria-label={label}
        aria-disabled={why === undefined ? undefined : true}
        aria-describedby={why === undefined ? undefined : described}
        aria-expanded={expanded}
        aria-keyshortcuts={shortcut}
        title={title === "" ? undefined : title}
        onClick={() => {
          if (why === undefined) onPress();
          else onWhy?.(why);
        }}
      >
        {children}
      </button>
      {why !== undefined && (
        <span id={described} className="hidden">
          {why}
        </span>
      )}
    </>
  );
}
