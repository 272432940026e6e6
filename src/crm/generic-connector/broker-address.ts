/**
 * The address as the connector uses it: a plain `tcp://` or `ssl://` becomes `failover:(…)`, so that it is tried for ever, and what decides
 * how fast a lost broker is noticed and found again gets a value that suits people on the phone, unless the address says otherwise.
 */
export function lastingAddress(written: string): string {
  const [, inner = "", outer = ""] =
    /^failover:(?:\/\/)?\((.*)\)(?:\?(.*))?$/s.exec(written.trim()) ?? wrapped(written.trim());
  const options = outer.split("&").filter((option) => option !== "");
  const says = (name: string): boolean => written.includes(`${name}=`);
  // Stock clients wait up to 30 s between two attempts, and notice a mute broker after 30 to 60 s.
  if (!says("maxReconnectDelay")) options.push("maxReconnectDelay=5000");
  if (!says("maxInactivityDuration")) options.push("nested.wireFormat.maxInactivityDuration=10000");
  return `failover:(${inner})?${options.join("&")}`;
}

/** Options of the connection belong to the outermost address, those of the door stay with it. */
function wrapped(written: string): [string, string, string] {
  const failover = /^failover:(?:\/\/)?([^?]*)(?:\?(.*))?$/s.exec(written);
  if (failover !== null) return ["", failover[1] ?? "", failover[2] ?? ""];
  const [door = "", ...rest] = written.split("?");
  const options = rest.join("?").split("&");
  const ofDoor = options.filter((option) => option !== "" && !option.startsWith("jms."));
  const ofConnection = options.filter((option) => option.startsWith("jms."));
  return ["", ofDoor.length === 0 ? door : `${door}?${ofDoor.join("&")}`, ofConnection.join("&")];
}
