import type { MobileAgentLogin } from "./commands.ts";
import type { UnattendedAction } from "./events.ts";

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
  mobileAgent?: MobileAgentLogin;
  activeDeviceId?: string;
  unattended: { then: UnattendedAction; /** Seconds. */ after: number };
  /** Labels, codes or ids used when Finesse demands a reason and the asker cannot name one. */
  defaultReasons: { notReady?: string; logout?: string };
  /** Seconds a command waits for its outcome by default. */
  timeout: number;
}
