import type { SfUser } from "../contract.ts";
import { escapeHtml, stubPage } from "../http.ts";

/** The page on which a person allows an app (web-server flow): the request's own fields go with the answer. */
export function authorizePage(users: readonly SfUser[], request: URLSearchParams): string {
  const hidden = [...request]
    .filter(([name]) => name !== "user" && name !== "answer")
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`);
  return stubPage(
    "Allow access?",
    `<main>
<h1>Allow access?</h1>
<p>${escapeHtml(request.get("client_id") ?? "")} asks for: ${escapeHtml(request.get("scope") ?? "api refresh_token")}</p>
<form method="post" action="/services/oauth2/authorize">
${hidden.join("\n")}
${userChoice(users, request.get("login_hint") ?? "")}
${answers}
</form>
</main>`,
  );
}

/** The page on which a person types the code that a device shows. */
export function devicePage(users: readonly SfUser[], code: string, said: string): string {
  return stubPage(
    "Connect a device",
    `<main>
<h1>Connect a device</h1>
<p role="status">${escapeHtml(said)}</p>
<form method="post" action="/setup/connect">
<label>Code <input name="user_code" value="${escapeHtml(code)}" autocomplete="off" required></label>
${userChoice(users, "")}
${answers}
</form>
</main>`,
  );
}

export function errorPage(error: string, description: string): string {
  return stubPage(
    "OAuth error",
    `<main><h1>OAuth error</h1><p>${escapeHtml(`${error}: ${description}`)}</p></main>`,
  );
}

const answers = `<button name="answer" value="approve">Allow</button> <button name="answer" value="deny">Deny</button>`;

function userChoice(users: readonly SfUser[], chosen: string): string {
  const options = users.map(
    ({ username, name }) =>
      `<option value="${escapeHtml(username)}"${username === chosen ? " selected" : ""}>${escapeHtml(`${name} (${username})`)}</option>`,
  );
  return `<label>As <select name="user">${options.join("")}</select></label>`;
}
