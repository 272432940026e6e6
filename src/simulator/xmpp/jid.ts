/** A Jabber address. The user part is compared in lower case (RFC 7622 §3.3); resources keep their case. */
export interface Jid {
  local: string;
  domain: string;
  resource: string;
}

/** Reads `local@domain/resource`; parts that are missing are empty. */
export function parseJid(text: string): Jid {
  const slash = text.indexOf("/");
  const bare = slash < 0 ? text : text.slice(0, slash);
  const at = bare.lastIndexOf("@");
  return {
    local: at < 0 ? "" : bare.slice(0, at).toLowerCase(),
    domain: bare.slice(at + 1).toLowerCase(),
    resource: slash < 0 ? "" : text.slice(slash + 1),
  };
}

/** The address without its resource, in lower case. */
export function bareJid(text: string): string {
  const { local, domain } = parseJid(text);
  return local === "" ? domain : `${local}@${domain}`;
}

/** The address with its user part and domain in lower case, so that two spellings of one address are equal. */
export function normalJid(text: string): string {
  const { resource } = parseJid(text);
  return resource === "" ? bareJid(text) : `${bareJid(text)}/${resource}`;
}
