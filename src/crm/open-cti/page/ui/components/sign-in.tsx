import { type SubmitEvent, useRef, useState } from "react";
import { isRunning } from "../actions.ts";
import { words } from "../words.ts";
import { usePhone } from "./context.ts";
import { NoticeAt } from "./notice.tsx";

/** Nobody is signed in here, or no longer: by Finesse's password; a page that nobody knows may also be paired. */
export function SignIn() {
  const { state } = usePhone();
  const { signIn, agent, page, socket } = state;
  const waits = signIn === undefined || (agent !== undefined && page === undefined);
  const isKnown = agent !== undefined;
  return (
    <main className="sign-in" aria-busy={waits}>
      <h1 className="hidden">{words.title}</h1>
      {waits && socket.phase !== "ended" && <p className="quiet">{words.connecting}</p>}
      {!waits && (isKnown || signIn !== "pairing") && <SignInForm key={agent} />}
      {!waits && !isKnown && signIn !== "page" && <PairingForm />}
      {!waits && !isKnown && signIn === "page" && <NoticeAt place="pairing" />}
    </main>
  );
}

function SignInForm() {
  const { phone, state } = usePhone();
  const [missing, setMissing] = useState("");
  const password = useRef<HTMLInputElement>(null);
  const busy = isRunning(state, "sign-in");
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const value = (name: string): string => String(form.get(name) ?? "");
    const { missing: say } = words.signIn;
    const [agent, extension, secret] = [value("agent").trim(), value("extension").trim(), value("password")];
    const what =
      agent === "" ? say.agent : extension === "" ? say.extension : secret === "" ? say.password : "";
    setMissing(what);
    if (what !== "" || busy) return;
    phone.signIn(agent, extension, secret);
    if (password.current !== null) password.current.value = "";
  };
  return (
    <form onSubmit={submit} noValidate aria-labelledby="sign-in">
      <h2 id="sign-in">{words.signIn.title}</h2>
      <label>
        {words.signIn.agent}
        <input
          name="agent"
          type="text"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          defaultValue={state.agent}
          readOnly={state.agent !== undefined}
          required
        />
      </label>
      <label>
        {words.signIn.extension}
        <input
          name="extension"
          type="text"
          inputMode="numeric"
          autoComplete="off"
          spellCheck={false}
          defaultValue={state.page?.session?.extension}
          required
        />
      </label>
      <label>
        {words.signIn.password}
        <input name="password" type="password" ref={password} autoComplete="current-password" required />
      </label>
      <p className="problem" role="alert">
        {missing}
      </p>
      <button type="submit" className="primary" aria-disabled={busy ? true : undefined}>
        {busy ? words.signIn.working : words.signIn.submit}
      </button>
      <NoticeAt place="sign-in" />
      <p className="quiet">{words.signIn.note}</p>
    </form>
  );
}

function PairingForm() {
  const { phone, state } = usePhone();
  const [missing, setMissing] = useState("");
  const busy = isRunning(state, "pairing");
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const token = tokenIn(String(new FormData(event.currentTarget).get("code") ?? ""));
    setMissing(token === "" ? words.signIn.missing.code : "");
    if (token === "" || busy) return;
    phone.pair(token);
    event.currentTarget.reset();
  };
  return (
    <form onSubmit={submit} noValidate aria-labelledby="pairing">
      <h2 id="pairing">{words.signIn.pairingTitle}</h2>
      <label>
        {words.signIn.pairing}
        <input name="code" type="password" autoComplete="off" spellCheck={false} />
      </label>
      <p className="problem" role="alert">
        {missing}
      </p>
      <button type="submit" className="primary" aria-disabled={busy ? true : undefined}>
        {busy ? words.signIn.pairingWorking : words.signIn.pairingSubmit}
      </button>
      {state.signIn === "pairing" && <NoticeAt place="sign-in" />}
      <NoticeAt place="pairing" />
      <p className="quiet">{words.signIn.pairingNote}</p>
    </form>
  );
}

/** People paste the whole address as often as the code alone. */
function tokenIn(text: string): string {
  return text.trim().replace(/^.*#pair=/s, "");
}
