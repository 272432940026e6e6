import { Command, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { systemClock } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import { type SalesforceTarget, SalesforceCommand } from "./open-cti-base.ts";
import { identityText, keptText, stepText } from "./open-cti-text.ts";

type SignInStep = import("../crm/open-cti/rest/sign-in.ts").SignInStep;

/** Milliseconds for a person to allow it; Salesforce's own codes live as long. */
const patience = 600_000;

/** `cti open-cti sign-in` */
export class OpenCtiSignInCommand extends SalesforceCommand {
  static override paths = [["open-cti", "sign-in"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "sign in at Salesforce, once, for the connector",
    details: `
      As [profiles.NAME.adapters.open-cti.salesforce] says: pkce opens a page in this computer's browser, device shows a code for any
      browser (newer orgs must allow it), jwt tries the key and keeps nothing. The sign-in is kept in the system's key store, else in a
      file that you alone can read; the connector renews it by itself. Exits 3 when it is refused.
    `,
    examples: [
      ["Sign in", "cti open-cti sign-in"],
      ["From a machine without a browser", "cti open-cti sign-in --flow device"],
      ["For a program: what to open, then who it is, one object a line", "cti open-cti sign-in --json"],
    ],
  });

  flow = Option.String("--flow", { description: "device or pkce, in place of the configuration's" });
  port = Option.String("--port", { description: "Port of the callback of pkce, as the app has it (8114)" });
  open = Option.Boolean("--open", false, { description: "Open the address in the browser, at a terminal" });
  remember = Option.Boolean("--remember", false, {
    description: "Of jwt: keep the key in the system's key store",
  });

  protected async run(): Promise<void> {
    const config = await this.config();
    const target = await this.target(config, {
      ...(this.flow !== undefined && { flow: flowFrom(this.flow) }),
      ...(this.port !== undefined && { port: portFrom(this.port) }),
    });
    const { settings, store, key } = target;
    if (this.remember && key === undefined)
      throw new CtiError({
        code: "usage",
        message: '--remember keeps the key of flow = "jwt"',
        hint: "a person's sign-in is kept without it",
      });
    const { signIn } = await import("../crm/open-cti/rest/sign-in.ts");
    const done = await this.untilStopped(config, (signal) =>
      signIn({
        settings,
        key: key?.pem.reveal(),
        store,
        clock: systemClock,
        show: (step) => this.show(step),
        signal,
      }),
    );
    for (const words of done.notices) this.notice(words);
    if (this.remember) await this.keepKey(target);
    const { identity, kept } = done;
    if (this.json) this.printJson({ signedIn: identity, flow: settings.flow, kept: kept ?? null });
    else
      this.print(
        `${this.paint("green", "✓")} signed in at Salesforce as ${identityText(identity)}; ${keptText(kept)}`,
      );
  }

  /** Needed also with --quiet: nobody else says what to open. */
  private show(step: SignInStep): void {
    if (this.json) this.printJson({ step });
    else {
      const view = { paint: this.context.paint.err, now: this.context.now() };
      this.context.stderr.write(`${stepText(step, view)}\n`);
    }
    const { stdout } = this.context;
    if (!this.open || !("isTTY" in stdout) || stdout.isTTY !== true) return;
    const url =
      step.flow === "device" ? `${step.url}?${new URLSearchParams({ user_code: step.code })}` : step.url;
    void import("./open-browser.ts")
      .then(({ openBrowser }) => openBrowser(url))
      .then((why) => {
        if (why !== undefined) this.notice(`no browser could be opened: ${why}`);
      });
  }

  private async untilStopped<Result>(
    config: Config,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const stop = new AbortController();
    const onSignal = (): void => stop.abort();
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, onSignal);
    const given = config.origins.timeout.kind === "default" ? patience : config.settings.timeout * 1000;
    const time = AbortSignal.timeout(given);
    try {
      return await work(AbortSignal.any([stop.signal, time]));
    } catch (error) {
      if (!time.aborted || stop.signal.aborted) throw error;
      throw new CtiError(
        {
          code: "credentials-refused",
          message: `nobody allowed the sign-in within ${given / 1000} s`,
          hint: "run cti open-cti sign-in again",
        },
        { cause: error },
      );
    } finally {
      for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, onSignal);
    }
  }

  private async keepKey({ settings, key }: SalesforceTarget): Promise<void> {
    if (key === undefined) return;
    const { keyStoreEntry } = await import("../crm/open-cti/rest/secrets.ts");
    const name = keyStoreEntry(settings.clientId);
    try {
      await (await this.keyStore()).set(name, key.pem);
      this.progress(`the key is kept in the system's key store as "${name}"`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.notice(`the key could not be kept in the system's key store: ${why}`);
    }
  }
}

function flowFrom(text: string): "device" | "pkce" {
  if (text === "device" || text === "pkce") return text;
  throw new CtiError({
    code: "usage",
    message: `--flow ${text} is not device or pkce`,
    hint:
      text === "jwt"
        ? 'jwt needs a user and a key: write flow = "jwt" into the configuration'
        : "write --flow device",
  });
}

function portFrom(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new CtiError({ code: "usage", message: `--port ${text} is not a port`, hint: "write --port 8765" });
}
