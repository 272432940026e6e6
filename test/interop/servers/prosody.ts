import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testCertificate } from "../../finesse/certificates.ts";
import { domain, freePorts, installed, listening, users, type XmppPeer } from "./server.ts";

export const hasProsody = installed("prosody", ["/usr/bin/prosody"]);

/** Starts Prosody in a scratch directory of its own; up after about 0.2 s. */
export async function startProsody(): Promise<XmppPeer> {
  const folder = await mkdtemp(join(tmpdir(), "cti-prosody-"));
  const [plain = 0, tls = 0, http = 0, https = 0] = await freePorts(4);
  const { ca, cert, key } = testCertificate({ names: [domain, "localhost"] });
  await writeFile(join(folder, "xmpp.crt"), cert);
  await writeFile(join(folder, "xmpp.key"), key);
  const accounts = join(folder, "data", domain.replace(".", "%2e"), "accounts");
  const rosters = join(folder, "data", domain.replace(".", "%2e"), "roster");
  await mkdir(accounts, { recursive: true });
  await mkdir(rosters, { recursive: true });
  for (const [user, password] of Object.entries(users)) {
    // Its own storage format, a Lua table: prosodyctl takes a second for each user.
    await writeFile(join(accounts, `${user}.dat`), `return { ["password"] = ${JSON.stringify(password)} };`);
    await writeFile(join(rosters, `${user}.dat`), rosterOf(user));
  }
  await writeFile(join(folder, "prosody.cfg.lua"), configuration({ folder, plain, tls, http, https }));
  const child = Bun.spawn(["prosody", "-F", "--config", join(folder, "prosody.cfg.lua")], {
    cwd: folder,
    stdio: ["ignore", Bun.file(join(folder, "out.log")), Bun.file(join(folder, "err.log"))],
  });
  const stop = async () => {
    child.kill();
    await child.exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listening(https, child.exited);
    await listening(tls, child.exited);
  } catch (error) {
    const log = await Bun.file(join(folder, "out.log")).text();
    await stop();
    throw new Error(`Prosody did not start:\n${log}`, { cause: error });
  }
  return {
    name: "Prosody",
    domain,
    pubsub: `pubsub.${domain}`,
    ca,
    services: {
      websocket: `wss://${domain}:${https}/xmpp-websocket`,
      bosh: `https://${domain}:${https}/http-bind`,
      tls: `xmpps://${domain}:${tls}`,
    },
    stop,
  };
}

/** Agents and `finesse` see each other's presence, as on a real Finesse. */
function rosterOf(user: string): string {
  const others = Object.keys(users).filter((other) => (other === "finesse") !== (user === "finesse"));
  const items = others.map((other) => `["${other}@${domain}"] = { subscription = "both", groups = {} };`);
  return `return { [false] = { version = 1 }; ${items.join(" ")} };`;
}

function configuration(options: {
  folder: string;
  plain: number;
  tls: number;
  http: number;
  https: number;
}): string {
  const { folder, plain, tls, http, https } = options;
  return `
${process.getuid?.() === 0 ? "run_as_root = true" : ""}
pidfile = "${folder}/prosody.pid"
data_path = "${folder}/data"
interfaces = { "127.0.0.1" }
c2s_ports = { ${plain} }
c2s_direct_tls_ports = { ${tls} }
http_interfaces = { "127.0.0.1" }
http_ports = { ${http} }
https_interfaces = { "127.0.0.1" }
https_ports = { ${https} }
modules_enabled = { "roster", "saslauth", "tls", "disco", "presence", "message", "iq", "ping", "time", "version",
  "pep", "carbons", "smacks", "csi", "bosh", "websocket" }
modules_disabled = { "s2s" }
consider_bosh_secure = true
consider_websocket_secure = true
http_default_host = "${domain}"
authentication = "internal_plain"
storage = "internal"
log = { info = "*console" }
ssl = { key = "${folder}/xmpp.key", certificate = "${folder}/xmpp.crt" }
https_ssl = ssl
c2s_direct_tls_ssl = ssl
VirtualHost "${domain}"
Component "pubsub.${domain}" "pubsub"
  autocreate_on_publish = true
  autocreate_on_subscribe = true
  admins = { "finesse@${domain}", "1001@${domain}", "1002@${domain}" }
`;
}
