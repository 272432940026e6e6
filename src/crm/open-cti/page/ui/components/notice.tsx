import { words } from "../words.ts";
import { usePhone } from "./context.ts";
import { Icon } from "./icon.tsx";

const symbols = { error: "×", warning: "!", info: "i" } as const;

/** What was said of a control, beside it: Finesse's words, and what to do. */
export function NoticeAt({ place }: { place: string }) {
  const { phone, state } = usePhone();
  const notice = state.notices[place];
  return (
    <div role="status">
      {notice !== undefined && (
        <div className={`notice ${notice.tone}`}>
          <span className="symbol" aria-hidden="true">
            {symbols[notice.tone]}
          </span>
          <p>
            <span dir="auto">{notice.text}</span>
            {notice.hint !== undefined && <small dir="auto">{notice.hint}</small>}
          </p>
          <button
            type="button"
            className="bare"
            aria-label={words.dismiss}
            title={words.dismiss}
            onClick={() => phone.dismiss(place)}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}
