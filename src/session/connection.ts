import type {
  ConnectNotifications,
  Credentials,
  FinesseNode,
  FinesseRest,
  LinkEnd,
  NotificationLink,
  SystemInfo,
  Update,
} from "../finesse/contract.ts";
import type { Agent } from "../model/agent.ts";
import type { Dialog } from "../model/dialog.ts";
import { CtiError } from "../model/errors.ts";
import type { TransportChoice } from "../model/settings.ts";
import type { WireTrace } from "../model/wire.ts";
import type { Clock } from "../platform/clock.ts";

/** The two halves of the Finesse protocol; replaced in tests. */
export interface FinesseAccess {
  createRest(options: {
    node: FinesseNode;
    credentials: Credentials;
    clock: Clock;
    trace?: WireTrace;
    requestTimeout?: number;
  }): FinesseRest;
  connectNotifications: ConnectNotifications;
}

/** A live connection to one node: commands go out by `rest`, news comes in through the handlers given to `connect`. */
export interface Connection {
  node: FinesseNode;
  rest: FinesseRest;
  link: NotificationLink;
  systemInfo: SystemInfo;
  /** The server's clock minus ours: at least so many milliseconds. */
  clockOffset: { least: number } | undefined;
  /** The id to use in paths, whatever form the user name was typed in (§2). */
  userId: string;
  close(): Promise<void>;
}

export interface ConnectOptions {
  access: FinesseAccess;
  node: FinesseNode;
  credentials: Credentials;
  clock: Clock;
  trace: WireTrace | undefined;
  transport: TransportChoice | undefined;
  onUpdate(update: Update): void;
  onUnreadable(error: CtiError, text: string): void;
  onFinessePresence(available: boolean): void;
  onOtherResources(resources: string[]): void;
  onRoundTrip(milliseconds: number): void;
  onEnd(end: LinkEnd): void;
}

/** The resource of every session of ours: a restarted worker evicts its own ghost (design §5.8). */
const resource = "cti";

/**
 * Connects in the order of reference/finesse.md §12: SystemInfo, the user (which proves the password once, before XMPP asks again, and
 * resolves a login name), notifications, `finesse@` presence. Updates that arrive before it returns are kept by the caller.
 * Rejects with a CtiError and leaves nothing open.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { access, node, credentials, clock, trace, transport } = options;
  const rest = access.createRest({ node, credentials, clock, ...(trace !== undefined && { trace }) });
  try {
    const systemInfo = await rest.systemInfo();
    const clockOffset = offsetOf(systemInfo, clock);
    if (systemInfo.status !== "IN_SERVICE") throw outOfService(node, systemInfo);
    const user = await rest.user(credentials.username);
    const link = await access.connectNotifications({
      node,
      systemInfo,
      userId: user.id,
      password: credentials.password,
      resource,
      clock,
      ...(trace !== undefined && { trace }),
      ...(transport !== undefined && { transport }),
      handlers: {
        onUpdate: options.onUpdate,
        onUnreadable: options.onUnreadable,
        onFinessePresence: options.onFinessePresence,
        onOtherResources: options.onOtherResources,
        onRoundTrip: options.onRoundTrip,
        onEnd: options.onEnd,
      },
    });
    return {
      node,
      rest,
      link,
      systemInfo,
      clockOffset,
      userId: user.id,
      close: async () => {
        await link.close();
        await rest.close();
      },
    };
  } catch (error) {
    await rest.close();
    throw error;
  }
}

/** Read as the answer arrived: by then the server's clock had gone on, so that the offset is at least this. */
function offsetOf({ currentTimestamp }: SystemInfo, clock: Clock): { least: number } | undefined {
  const theirs = currentTimestamp === undefined ? Number.NaN : Date.parse(currentTimestamp);
  return Number.isNaN(theirs) ? undefined : { least: theirs - clock.now() };
}

/** A whole re-read of the agent. Both reads run at once: whatever happens between them arrives as a notification too. */
export async function readAgent(connection: Connection): Promise<{ user: Agent; dialogs: Dialog[] }> {
  const [user, dialogs] = await Promise.all([
    connection.rest.user(connection.userId),
    connection.rest.dialogs(connection.userId),
  ]);
  return { user, dialogs };
}

export function outOfService(node: FinesseNode, info: SystemInfo): CtiError {
  return new CtiError({
    code: "finesse-out-of-service",
    message: `Finesse at ${hostOf(node)} is up but ${info.status === "OUT_OF_SERVICE" ? "out of service" : info.status}`,
    ...(info.statusReason !== undefined && { why: info.statusReason }),
    hint: "Finesse has lost its CTI server or is starting: wait for it, or ask whoever runs Finesse",
  });
}

export function hostOf(node: FinesseNode): string {
  return new URL(node.origin).host;
}

/** `host:address` or `host:port:address` (the address may be in brackets) as the map that the protocol layer takes. */
export function resolveMap(entries: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (const entry of entries) {
    const match = /^([^:]+)(?::(\d+))?:(\[?[0-9A-Fa-f:.]+\]?)$/.exec(entry);
    const [, host, port, address] = match ?? [];
    if (host === undefined || address === undefined) {
      throw new CtiError({
        code: "config-invalid",
        message: `"${entry}" is not a --resolve entry`,
        hint: "write host:address or host:port:address, e.g. fina.example.com:10.1.2.3",
      });
    }
    map.set((port === undefined ? host : `${host}:${port}`).toLowerCase(), address.replace(/^\[|\]$/g, ""));
  }
  return map;
}
