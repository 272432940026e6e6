import { CtiError } from "../model/errors.ts";
import type { Environment } from "./paths.ts";
import { Secret } from "./secret.ts";

/** The name under which the system's key store knows us. */
export const keyStoreService = "cti";

/** An agent's entry in the key store: the id alone is not enough, the same id may live at two sites. */
export function keyStoreName(agent: string, origin: string): string {
  return `${agent}@${new URL(origin).host}`;
}

/** The system's key store; `get` answers `undefined` for "not there" and for "no key store on this machine" alike. */
export interface KeyStore {
  get(name: string): Promise<Secret | undefined>;
  /** Throws with the system's words when the password cannot be kept. */
  set(name: string, password: Secret): Promise<void>;
  remove(name: string): Promise<void>;
}

export const systemKeyStore: KeyStore = {
  async get(name) {
    try {
      const found = await Bun.secrets.get({ service: keyStoreService, name });
      return found === null || found === "" ? undefined : new Secret(found);
    } catch {
      // Headless machines have none; that is no fault, there are three other ways.
      return undefined;
    }
  },
  async set(name, password) {
    await Bun.secrets.set({ service: keyStoreService, name, value: password.reveal() });
  },
  async remove(name) {
    await Bun.secrets.delete({ service: keyStoreService, name });
  },
};

export interface PasswordSources {
  /** `--password-stdin` was given. */
  fromStdin: boolean;
  readStdin: () => Promise<string>;
  environment: Environment;
  keyStore: Pick<KeyStore, "get">;
  /** Asks without echo; absent where nobody sits at a terminal. */
  prompt?: ((question: string) => Promise<string>) | undefined;
}

export interface FoundPassword {
  password: Secret;
  from: "stdin" | "CTI_PASSWORD" | "key store" | "prompt";
}

/** The first that has one: --password-stdin, CTI_PASSWORD, key store, prompt. Throws `credentials-missing` with the ways there are. */
export async function findPassword(
  agent: string,
  origin: string,
  sources: PasswordSources,
): Promise<FoundPassword> {
  if (sources.fromStdin) {
    const password = oneLine(await sources.readStdin());
    return { password: checked(password, "standard input"), from: "stdin" };
  }
  const variable = sources.environment.CTI_PASSWORD;
  if (variable !== undefined && variable !== "")
    return { password: checked(variable, "CTI_PASSWORD"), from: "CTI_PASSWORD" };
  const kept = await sources.keyStore.get(keyStoreName(agent, origin));
  if (kept !== undefined) return { password: kept, from: "key store" };
  if (sources.prompt !== undefined) {
    const typed = await sources.prompt(`Password of agent ${agent} at ${new URL(origin).host}: `);
    return { password: checked(typed, "what was typed"), from: "prompt" };
  }
  throw missingPassword(
    `there is no password for agent ${agent}`,
    "no terminal to ask at, and none was given",
  );
}

/** The refusal of `--password …`, which never repeats what was typed. */
export function passwordArgumentRefused(): CtiError {
  return new CtiError({
    code: "usage",
    message: "a password is not taken as an argument",
    why: "arguments are seen by everyone on the machine (ps) and stay in the shell's history",
    hint: waysToGiveIt,
  });
}

const waysToGiveIt =
  "type it at the prompt, pipe it in (… | cti login --password-stdin), or set CTI_PASSWORD; and change a password that was typed as an argument";

function missingPassword(message: string, why: string): CtiError {
  return new CtiError({
    code: "credentials-missing",
    message,
    why,
    hint: "pipe it in (… | cti login --password-stdin), set CTI_PASSWORD, or run cti login at a terminal, which asks",
  });
}

/** Characters; more than any password, less than a file piped in by mistake. */
const longest = 256;

/** What cannot be a password is refused here: at Finesse it would count towards the lock-out. */
function checked(text: string, where: string): Secret {
  if (text === "") throw missingPassword("the password is empty", `${where} is empty`);
  const wrong =
    text.length > longest
      ? `${where} holds ${text.length} characters`
      : /[\r\n]/.test(text)
        ? `${where} holds more than one line`
        : // oxlint-disable-next-line no-control-regex
          /[\u0000-\u001f\u007f\ufffd]/.test(text)
          ? `${where} holds control characters, or is not UTF-8`
          : undefined;
  if (wrong !== undefined) throw missingPassword("that is not a password", wrong);
  return new Secret(text);
}

/** `echo secret |` adds a line end that is not part of the password. */
function oneLine(text: string): string {
  return text.replace(/\r?\n$/, "");
}
