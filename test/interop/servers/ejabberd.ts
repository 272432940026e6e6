import { chmod, chown, copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testCertificate } from "../../finesse/certificates.ts";
import { domain, freePorts, installed, listening, users, type XmppPeer } from "./server.ts";

export const hasEjabberd = installed("ejabberd", ["/usr/sbin/ejabberdctl"]);

/** Starts ejabberd in a scratch directory of its own; up after about 3 s, users and rosters after another one. */
export async function startEjabberd(): Promise<XmppPeer> {
  const folder = await mkdtemp(join(tmpdir(), "cti-ejabberd-"));
  const [plain = 0, tls = 0, https = 0, api = 0, distribution = 0] = await freePorts(5);
  const { ca, cert, key } = testCertificate({ names: [domain, "localhost"] });
  await writeFile(join(folder, "xmpp.pem"), `${key}\n${cert}`);
  await writeFile(join(folder, "ejabberd.yml"), configuration({ folder, plain, tls, https, api }));
  // The packaged one points back to /etc. With a fixed port Erlang needs no port mapper, which would outlive the server.
  await writeFile(
    join(folder, "ejabberdctl.cfg"),
    [
      `ERLANG_NODE=cti${https}@localhost`,
      "INET_DIST_INTERFACE=127.0.0.1",
      `ERL_DIST_PORT=${distribution}`,
    ].join("\n"),
  );
  await copyFile("/etc/ejabberd/inetrc", join(folder, "inetrc"));
  await giveAway(folder);
  const control = (...command: string[]) => [
    "ejabberdctl",
    ...["--config-dir", folder, "--config", join(folder, "ejabberd.yml")],
    ...["--ctl-config", join(folder, "ejabberdctl.cfg"), "--logs", folder, "--spool", folder],
    ...command,
  ];
  // Nothing of the tests' own environment: Erlang would look for its cookie in their XDG_CONFIG_HOME, which another user cannot read.
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: folder };
  const child = Bun.spawn(control("foreground"), {
    cwd: folder,
    env,
    stdio: ["ignore", Bun.file(join(folder, "out.log")), Bun.file(join(folder, "err.log"))],
  });
  const stop = async () => {
    await Bun.spawn(control("stop"), { cwd: folder, env, stdio: ["ignore", "ignore", "ignore"] }).exited;
    await Bun.spawn(control("stopped"), { cwd: folder, env, stdio: ["ignore", "ignore", "ignore"] }).exited;
    await child.exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listening(https, child.exited);
    await addUsers(`http://127.0.0.1:${api}/api`);
  } catch (error) {
    const log = await Bun.file(join(folder, "out.log")).text();
    await stop();
    throw new Error(`ejabberd did not start:\n${log}`, { cause: error });
  }
  return {
    name: "ejabberd",
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

/** From root, ejabberdctl changes to the user ejabberd, who must be able to read and write here. */
async function giveAway(folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { stdout } = Bun.spawnSync(["sh", "-c", "id -u ejabberd; id -g ejabberd"]);
  const [uid = 0, gid = 0] = stdout.toString().split("\n").map(Number);
  await chmod(folder, 0o755);
  for (const name of ["", "xmpp.pem", "ejabberd.yml", "ejabberdctl.cfg", "inetrc"]) {
    await chown(join(folder, name), uid, gid);
  }
}

/** By its HTTP API: each ejabberdctl takes a second. */
async function addUsers(api: string): Promise<void> {
  const call = async (command: string, body: Record<string, string>) => {
    const answer = await fetch(`${api}/${command}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${command}: HTTP ${answer.status} ${await answer.text()}`);
  };
  for (const [user, password] of Object.entries(users)) {
    await call("register", { user, host: domain, password });
  }
  for (const user of ["1001", "1002"]) {
    for (const [localuser, other] of [
      [user, "finesse"],
      ["finesse", user],
    ] as const) {
      await call("add_rosteritem", {
        localuser,
        localhost: domain,
        user: other,
        host: domain,
        nick: other,
        group: "all",
        subs: "both",
      });
    }
  }
}

function configuration(options: {
  folder: string;
  plain: number;
  tls: number;
  https: number;
  api: number;
}): string {
  const { folder, plain, tls, https, api } = options;
  return `
hosts: [${domain}]
loglevel: info
certfiles: [${folder}/xmpp.pem]
acme: {auto: false}
auth_method: [internal]
auth_password_format: scram
listen:
  - {ip: "127.0.0.1", port: ${plain}, module: ejabberd_c2s, starttls: true, access: c2s}
  - {ip: "127.0.0.1", port: ${tls}, module: ejabberd_c2s, tls: true, access: c2s}
  - {ip: "127.0.0.1", port: ${api}, module: ejabberd_http, request_handlers: {"/api": mod_http_api}}
  - {ip: "127.0.0.1", port: ${https}, module: ejabberd_http, tls: true, request_handlers: {"/http-bind": mod_bosh, "/xmpp-websocket": ejabberd_http_ws}}
acl: {local: {user_regexp: ""}}
access_rules: {local: {allow: local}, c2s: {allow: all}, pubsub_createnode: {allow: local}}
api_permissions:
  tests: {from: [mod_http_api], who: all, what: [register, add_rosteritem]}
modules:
  mod_roster: {}
  mod_disco: {}
  mod_ping: {}
  mod_bosh: {}
  mod_stream_mgmt: {}
  mod_carboncopy: {}
  mod_admin_extra: {}
  mod_pubsub: {access_createnode: pubsub_createnode, plugins: [flat, pep]}
  mod_caps: {}
`;
}
