/**
 * The cookie that lets a browser in again. Two of the same value: in a frame of another site a browser may take only the partitioned one (CHIPS), and
 * where it takes both, a page that was paired in a tab of its own is let in inside Salesforce too. Browsers do not tell ports of a host apart: the
 * port is in the name, so that connectors beside each other do not throw each other's away. No script reads it, and what it does is asked for by the
 * socket alone, which looks at the Origin.
 */
export function cookieHeaders(port: number, value: string, seconds: number): string[] {
  const rules = `Max-Age=${seconds}; Path=/; Secure; HttpOnly; SameSite=None`;
  const [plain, partitioned] = cookieNames(port);
  return [`${plain}=${value}; ${rules}`, `${partitioned}=${value}; ${rules}; Partitioned`];
}

/** Values that a request brings, at most four: a browser may hold one of either kind for each place. */
export function cookieValues(port: number, header: string | null): string[] {
  const names: readonly string[] = cookieNames(port);
  const found = (header ?? "")
    .slice(0, 8192)
    .split(";")
    .map((part) => part.trim().split("="))
    .filter(([name = "", value = ""]) => names.includes(name) && /^[\w-]{40,60}$/.test(value))
    .map(([, value = ""]) => value);
  return [...new Set(found)].slice(0, 4);
}

function cookieNames(port: number): readonly [string, string] {
  return [`__Host-cti-softphone-${port}`, `__Host-cti-softphone-${port}-framed`];
}
