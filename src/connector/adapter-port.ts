import type { AdapterLease, CrmRecord, CtiPort, SignIn } from "../crm/adapter.ts";
import type { Deliveries } from "../crm/outbox/outbox.ts";
import type { Lease, LeaseKind } from "../control/contract.ts";
import type { SessionSettings, SiteSettings } from "../model/settings.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { Random } from "../platform/random.ts";
import type { Redactor } from "../platform/redact.ts";
import { RefusedPasswords } from "./refused-passwords.ts";
import type { Registry } from "./registry.ts";
import { Turnstile } from "./turnstile.ts";

export interface AdapterPortOptions {
  /** The adapter's name. */
  name: string;
  deliveries: Deliveries;
  registry: Registry;
  site: SiteSettings;
  /** What the leases of these adapters are called. */
  lease: LeaseKind;
  /** Seconds; the site's when absent. */
  unattendedAfter?: number;
  healthChanged: () => void;
  trace: (record: CrmRecord) => void;
  clock: Clock;
  random: Random;
  redactor: Redactor;
  log: Log;
}

/**
 * Links to Finesse that are made at once: when a CRM comes back all its agents do, and hundreds of handshakes beside each other would all be
 * too late.
 */
const signInsAtOnce = 32;

/** What CRM adapters may do with this connector. */
export function adapterPort(options: AdapterPortOptions): CtiPort {
  const { name, deliveries, registry, site, clock, random, redactor, log } = options;
  const settings = (
    { agent, mobileAgent }: SignIn | Omit<SignIn, "extension">,
    extension: string,
  ): SessionSettings => ({
    ...site,
    unattended: { ...site.unattended, after: options.unattendedAfter ?? site.unattended.after },
    agent,
    extension,
    ...(mobileAgent !== undefined && { mobileAgent }),
  });
  const lease = ({ id, label, ttl }: AdapterLease): Omit<Lease, "since"> => ({
    id,
    kind: options.lease,
    label,
    ttl,
  });
  const asked = ({ lease: held }: Pick<SignIn, "lease">): { lease?: Omit<Lease, "since"> } =>
    held === undefined ? {} : { lease: lease(held) };
  const refused = new RefusedPasswords(clock);
  const turnstile = new Turnstile(signInsAtOnce);
  /** A link to Finesse is about to be made, or proved. */
  const entering = <Result>(
    { agent, password }: Pick<SignIn, "agent" | "password">,
    work: () => Promise<Result>,
  ) => turnstile.pass(() => refused.guard(agent, password, work));
  return {
    clock,
    random,
    log: (level, message, agent) => log.write(level, message, agent),
    newCause: () => registry.newCause(),
    trace: options.trace,
    healthChanged: options.healthChanged,
    addSecret: (secret) => redactor.add(secret, [], "adapters"),
    owe: (work) => {
      deliveries.run(name, work);
      deliveries.flush();
    },
    kept: () => deliveries.kept(name),
    wake: (key) => deliveries.wake(name, key),
    drained: (key, patience) => deliveries.drained(name, key, patience),
    attach: (request, { cause } = {}) =>
      entering(request, () =>
        registry.attach(
          {
            settings: settings(request, ""),
            password: request.password,
            timeout: site.timeout,
            ...asked(request),
          },
          cause,
        ),
      ),
    signIn: (request, { idempotencyKey, timeout, cause }) =>
      entering(request, () =>
        registry.login(
          request.agent,
          {
            settings: settings(request, request.extension),
            password: request.password,
            idempotencyKey,
            timeout: timeout === undefined ? site.timeout : timeout / 1000,
            ...asked(request),
          },
          cause,
        ),
      ),
    execute: (agent, command, { idempotencyKey, timeout, cause }) =>
      registry.command(
        agent,
        { command, idempotencyKey, ...(timeout !== undefined && { timeout: timeout / 1000 }) },
        cause,
      ),
    status: (agent) => registry.session(agent),
    agents: () => registry.sessions(),
    unattended: (agent) => registry.unattended(agent),
    reasons: (agent) => registry.reasons(agent),
    layouts: (agent) => registry.callLayouts(agent),
    phoneBook: (agent) => registry.phoneBook(agent),
    queues: (agent) => registry.queues(agent),
    lease: (agent, held) => {
      if (registry.session(agent) !== undefined) registry.putLease(agent, held.id, lease(held));
    },
    endLease: (agent, id) => registry.endLease(agent, id),
    release: (agent) => registry.release(agent),
  };
}
