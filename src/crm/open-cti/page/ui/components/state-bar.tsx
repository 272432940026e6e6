import { useEffect, useRef } from "react";
import type { ReasonCode } from "../../../../../model/agent.ts";
import { agentName } from "../../../../../model/agent.ts";
import type { SessionStatus } from "../../../../../model/status.ts";
import { lookOf } from "../../../../../words/states.ts";
import { isRunning, whyNotReady, whyNotSignOut, whyNotState } from "../actions.ts";
import { shortcutOf } from "../shortcuts.ts";
import type { UiState } from "../state.ts";
import { stateWord, words } from "../words.ts";
import { usePhone } from "./context.ts";
import { Icon } from "./icon.tsx";
import { NoticeAt } from "./notice.tsx";
import { type Choice, Picker } from "./picker.tsx";
import { Timer } from "./timer.tsx";

/** Who, in which state, why and since when; and the menu to change it. */
export function StateBar({
  session,
  open,
  setOpen,
}: {
  session: SessionStatus;
  open: boolean;
  setOpen: (open: boolean) => void;
}) {
  const { phone, state } = usePhone();
  const { state: agent, link } = session;
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    const { reasons, running } = phone.store.get();
    // They could not be read before.
    if (reasons === undefined && !isRunning({ running }, "reasons")) phone.readReasons();
    const elsewhere = ({ target }: Event): void => {
      if (
        target instanceof Node &&
        menu.current?.contains(target) === false &&
        button.current?.contains(target) === false
      )
        setOpen(false);
    };
    document.addEventListener("pointerdown", elsewhere);
    document.addEventListener("focusin", elsewhere);
    return () => {
      document.removeEventListener("pointerdown", elsewhere);
      document.removeEventListener("focusin", elsewhere);
    };
  }, [open, setOpen, phone]);
  const choose = (id: string): void => {
    close();
    const [verb, reason] = id.split("\n");
    if (verb === "leave") phone.leave();
    else if (verb === "ready") phone.command("state", { verb });
    else if (verb === "not-ready" || verb === "logout")
      phone.command("state", { verb, ...(reason !== undefined && { reason }) });
  };
  const { symbol, style } = lookOf(agent?.state);
  // One state of Finesse's that says two things.
  const next = agent?.pendingState ?? (agent?.state === "WORK_READY" ? "READY" : undefined);
  const stale = state.socket.phase !== "open" || link.state !== "connected";
  const name = agent === undefined ? session.agent : agentName(agent);
  const who = [
    name === session.agent ? "" : session.agent,
    words.state.extension(agent?.extension ?? session.extension),
    agent?.team?.name,
  ];
  return (
    <header className={`state ${style}`} data-state={agent?.state}>
      <button
        ref={button}
        type="button"
        id="state-button"
        className="now"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-keyshortcuts={shortcutOf("state")}
        title={words.state.change}
        onClick={() => setOpen(!open)}
      >
        <span className="symbol" aria-hidden="true">
          {symbol}
        </span>
        <span className="words">
          <strong className="cut">
            {agent === undefined ? words.state.unknown : stateWord(agent.state)}
          </strong>
          <span className="reason cut" title={agent?.reason?.label}>
            {agent?.reason !== undefined && <bdi>{agent.reason.label}</bdi>}
            {next !== undefined && <span>{words.state.then(stateWord(next))}</span>}
            {stale && <span>{words.state.stale}</span>}
          </span>
        </span>
        <Icon name="down" />
      </button>
      <Timer since={agent?.stateChangeTime} ahead={state.ahead} label={words.state.title} />
      <p className="who cut" dir="auto" title={name}>
        <bdi>{name}</bdi> <small>{who.filter((part) => part !== undefined && part !== "").join(" · ")}</small>
      </p>
      {open && (
        <div className="menu" ref={menu} role="dialog" aria-label={words.state.title}>
          <Picker
            label={words.state.find}
            choices={stateChoices(state)}
            empty={words.nothingFound}
            onChoose={choose}
            onClose={close}
          />
        </div>
      )}
      <NoticeAt place="state" />
      <NoticeAt place="reasons" />
    </header>
  );
}

function stateChoices(state: UiState): Choice[] {
  const { reasons } = state;
  const { state: say } = words;
  const of = (
    verb: "not-ready" | "logout",
    group: string,
    plain: string,
    why: string | undefined,
  ): Choice[] => {
    const all =
      (verb === "logout" ? reasons?.logout : reasons?.notReady)?.filter(({ systemCode }) => !systemCode) ??
      [];
    const symbol = lookOf(verb === "logout" ? "LOGOUT" : "NOT_READY").symbol;
    if (all.length === 0) return [{ id: verb, label: plain, group, why, symbol }];
    return all.map((reason) => ({
      id: `${verb}\n${spoken(reason, all)}`,
      label: reason.label,
      ...(spoken(reason, all) !== reason.label && { detail: reason.code }),
      group,
      why,
      symbol,
    }));
  };
  return [
    {
      id: "ready",
      label: say.ready,
      group: say.groupReady,
      why: whyNotReady(state),
      symbol: lookOf("READY").symbol,
    },
    ...of("not-ready", say.groupNotReady, say.notReady, whyNotState(state)),
    ...of("logout", say.groupSignOut, say.signOut, whyNotSignOut(state)),
    {
      id: "leave",
      label: say.leave,
      group: say.groupPage,
      why: state.socket.phase === "open" ? undefined : words.whyNot.offline,
      symbol: <Icon name="leave" />,
    },
  ];
}

/** Reasons that read alike are told apart by their codes. */
function spoken({ label, code }: ReasonCode, all: readonly ReasonCode[]): string {
  return all.filter((other) => other.label.toLowerCase() === label.toLowerCase()).length > 1 ? code : label;
}
