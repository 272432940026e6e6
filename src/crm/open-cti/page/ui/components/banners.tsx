import type { ReactNode } from "react";
import type { UiState } from "../state.ts";
import { words } from "../words.ts";
import { usePhone } from "./context.ts";
import { NoticeAt } from "./notice.tsx";
import { useNow } from "./timer.tsx";

type Tone = "error" | "warning" | "info";

/** What is wrong and what becomes of it, the worst first; usually nothing. */
export function Banners({ onSignIn }: { onSignIn: () => void }) {
  const { phone, state } = usePhone();
  const { socket, leads, page } = state;
  return (
    <div className="banners">
      {socket.phase === "lost" && (
        <Banner tone="warning" action={words.banner.retry} onAction={() => phone.retry()}>
          <Countdown until={socket.retryAt}>{words.banner.lost}</Countdown>
        </Banner>
      )}
      {socket.phase === "ended" && <Ended why={socket.why} />}
      {socket.phase === "open" && page?.session !== undefined && (
        <LinkBanner state={state} onSignIn={onSignIn} />
      )}
      <NoticeAt place="page" />
      <NoticeAt place="crm" />
      {leads === false && socket.phase === "open" && (
        <Banner tone="info" action={words.banner.lead} onAction={() => phone.focused()}>
          {words.banner.follows}
        </Banner>
      )}
    </div>
  );
}

function LinkBanner({ state: { page, ahead }, onSignIn }: { state: UiState; onSignIn: () => void }) {
  const session = page?.session;
  if (session === undefined) return null;
  const { link, service, shared } = session;
  if (link.state === "conflict")
    return (
      <Banner tone="error" action={words.signIn.again} onAction={onSignIn}>
        {words.banner.conflict}
      </Banner>
    );
  if (link.state === "connecting") return <Banner tone="info">{words.banner.linkConnecting}</Banner>;
  if (link.state !== "connected")
    return (
      <Banner tone="warning">
        <Countdown until={link.retryAt === undefined ? undefined : Date.parse(link.retryAt) - ahead}>
          {(seconds) =>
            words.banner.linkDown(link.retryAt === undefined ? undefined : seconds, link.error?.message ?? "")
          }
        </Countdown>
      </Banner>
    );
  if (service === "out-of-service") return <Banner tone="error">{words.banner.outOfService}</Banner>;
  return shared.length > 0 ? <Banner tone="info">{words.banner.shared(shared.join(", "))}</Banner> : null;
}

function Ended({ why }: { why: keyof typeof words.banner.ended | "version" }) {
  const { phone } = usePhone();
  return why === "version" ? (
    <Banner tone="warning" action={words.banner.reload} onAction={() => location.reload()}>
      {words.banner.version}
    </Banner>
  ) : (
    <Banner tone="error" action={words.banner.connectAgain} onAction={() => phone.retry()}>
      {words.banner.ended[why]}
    </Banner>
  );
}

/** Read out when it comes, not at every second of a countdown. */
function Banner({
  tone,
  action,
  onAction,
  children,
}: {
  tone: Tone;
  action?: string;
  onAction?: () => void;
  children: ReactNode;
}) {
  return (
    <div className={`notice ${tone}`} role="status">
      <span className="symbol" aria-hidden="true">
        {tone === "error" ? "×" : tone === "warning" ? "◌" : "i"}
      </span>
      <p dir="auto">{children}</p>
      {action !== undefined && (
        <button type="button" onClick={onAction}>
          {action}
        </button>
      )}
    </div>
  );
}

function Countdown({
  until,
  children,
}: {
  until: number | undefined;
  children: (seconds: number) => string;
}) {
  const now = useNow();
  const seconds = until === undefined ? 0 : Math.max(0, Math.ceil((until - now) / 1000));
  return (
    <>
      <span aria-hidden="true">{children(seconds)}</span>
      <span className="hidden">{children(0)}</span>
    </>
  );
}
