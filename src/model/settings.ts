import type { MobileAgentLogin } from "./commands.ts";
import type { UnattendedAction } from "./events.ts";

/**
 * How notifications are carried: `auto` tries every way in order; `websocket`, `bosh` or `tls` only that one, on the ports known for it;
 * a URL only that one: `wss://HOST:PORT/ws/`, `https://HOST:PORT/http-bind/`, `xmpps://HOST:PORT`.
 */
export type TransportChoice = "auto" | "websocket" | "bosh" | "tls" | (string & {});

/** What every session of a site needs, whoever signs in: a CRM names agent, extension and password, the rest is the site's. */
export type SiteSettings = Omit<
  SessionSettings,
  "agent" | "extension" | "mobileAgent" | "activeDeviceId" | "flags"
>;

/** What one agent's session needs besides the password; complete, so that a restarted worker needs nothing else. */
export interface SessionSettings {
  agent: string;
  extension: string;
  /** Origins in order of preference: `https://fina.example.com:8445`. */
  finesse: string[];
  /** Certificate authorities: where they came from and their PEM text. */
  ca: { path: string; pem: string }[];
  /** SHA-256 of the server certificate, hex. */
  pin?: string;
  insecure: boolean;
  /** `host:address` or `host:port:address`, as curl's --resolve. */
  resolve: string[];
  /** Default `auto`. */
  transport?: TransportChoice;
  mobileAgent?: MobileAgentLogin;
  activeDeviceId?: string;
  unattended: { then: UnattendedAction; /** Seconds. */ after: number };
  /** Labels, codes or ids used when Finesse demands a reason and the asker cannot name one. */
  defaultReasons: { notReady?: string; logout?: string };
  /** Seconds a command waits for its outcome by default. */
  timeout: number;
  /** Words of the command line, agent and extension aside, that nobody else says: with them `cti login` can be typed again. No secrets. */
  flags?: string[];
}
