import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts, installed, listening } from "./server.ts";

export const hasActiveMq = installed("activemq", ["/usr/share/activemq/bin/activemq.jar"]);

export interface BrokerOptions {
  name?: string;
  /** Options of the tcp and ssl doors, as in an URI: `wireFormat.maxInactivityDuration=1000`. */
  door?: string;
  /** Keeps persistent messages over a restart. */
  persistent?: boolean;
  /** Users with passwords; nobody else is let in. */
  users?: Record<string, string>;
  /** A door with TLS; `client`: only for who has a certificate. */
  tls?: "server" | "client";
  /** Inside `<policyEntries>`, for limits. */
  policies?: string;
  /** Megabytes of heap; with more than the usual 96 it is also compiled as well as Java can. */
  heap?: number;
}

/** A real ActiveMQ Classic on loopback. */
export interface Broker {
  readonly url: string;
  readonly port: number;
  readonly stompPort: number;
  /** With `tls`. */
  readonly sslUrl: string;
  readonly ca: string;
  /** With `tls: "client"`: a certificate that it takes. */
  readonly clientCert: string;
  readonly clientKey: string;
  readonly pid: number;
  /** In order; may be started again by `start`. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** SIGSTOP: alive for the system, mute for everybody. */
  pause(): void;
  resume(): void;
  /** On the same ports, after `stop` or `kill`. */
  start(): Promise<void>;
  /** Stops it for good and removes what it wrote. */
  end(): Promise<void>;
}

const password = "changeit";

/** Starts a broker in a scratch directory of its own; up after half a second, with users, TLS or policies after two. */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), "cti-activemq-"));
  const [port = 0, stompPort = 0, sslPort = 0] = await freePorts(3);
  const plain = options.users === undefined && options.tls === undefined && options.policies === undefined;
  const certificates =
    options.tls === undefined ? noCertificates : await makeCertificates(folder, options.tls);
  const doors = { port, stompPort, sslPort };
  if (!plain) await writeFile(join(folder, "activemq.xml"), configuration(options, doors));
  const what = plain ? uri(options, doors, folder) : `xbean:file:${join(folder, "activemq.xml")}`;
  let child: Bun.Subprocess | undefined;
  const start = async (): Promise<void> => {
    child = Bun.spawn(
      [
        "java",
        `-Xmx${options.heap ?? 96}m`,
        "-XX:+UseSerialGC",
        // Starts in half the time.
        ...(options.heap === undefined ? ["-XX:TieredStopAtLevel=1"] : []),
        "-Dactivemq.home=/usr/share/activemq",
        ...["base", "conf", "data"].map((name) => `-Dactivemq.${name}=${folder}`),
        "-jar",
        "/usr/share/activemq/bin/activemq.jar",
        "start",
        what,
      ],
      {
        cwd: folder,
        stdio: ["ignore", Bun.file(join(folder, "out.log")), Bun.file(join(folder, "err.log"))],
      },
    );
    const { exited } = child;
    try {
      await listening(port, exited);
      if (options.tls !== undefined) await listening(sslPort, exited);
    } catch (error) {
      const log = await readFile(join(folder, "out.log"), "utf8");
      await halt("SIGKILL");
      throw new Error(`ActiveMQ did not start:\n${log}`, { cause: error });
    }
  };
  const halt = async (signal: NodeJS.Signals): Promise<void> => {
    child?.kill(signal);
    await child?.exited;
  };
  await start();
  return {
    url: `tcp://127.0.0.1:${port}`,
    port,
    stompPort,
    sslUrl: `ssl://localhost:${sslPort}`,
    ...certificates,
    get pid() {
      return child?.pid ?? 0;
    },
    stop: () => halt("SIGTERM"),
    kill: () => halt("SIGKILL"),
    pause: () => {
      child?.kill("SIGSTOP");
      if (child !== undefined) untilStopped(child.pid);
    },
    resume: () => child?.kill("SIGCONT"),
    start,
    end: async () => {
      await halt("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The signal reaches each thread in its own time: one that still runs could take what is sent after it. */
function untilStopped(pid: number): void {
  const end = Date.now() + 2000;
  const tasks = `/proc/${pid}/task`;
  const isStopped = (thread: string): boolean => {
    try {
      return /^\d+ \(.*\) [TtZX]/s.test(readFileSync(`${tasks}/${thread}/stat`, "utf8"));
    } catch {
      // It has ended.
      return true;
    }
  };
  while (Date.now() < end && existsSync(tasks) && !readdirSync(tasks).every(isStopped));
}

interface Doors {
  port: number;
  stompPort: number;
  sslPort: number;
}

function uri(
  { name = "it", door, persistent }: BrokerOptions,
  { port, stompPort }: Doors,
  folder: string,
): string {
  const options = door === undefined ? "" : `?${door}`;
  const store =
    persistent === true ? `persistent=true&dataDirectory=${join(folder, "kaha")}` : "persistent=false";
  return `broker:(tcp://127.0.0.1:${port}${options},stomp://127.0.0.1:${stompPort})?brokerName=${name}&useJmx=false&${store}`;
}

function configuration(options: BrokerOptions, { port, stompPort, sslPort }: Doors): string {
  const { name = "it", persistent = false, users, tls, policies } = options;
  const door = options.door === undefined ? "" : `?${options.door.replaceAll("&", "&amp;")}`;
  const user = Object.entries(users ?? {}).map(
    ([username, secret]) =>
      `<authenticationUser username="${username}" password="${secret}" groups="users,admins"/>`,
  );
  const authentication =
    users === undefined
      ? ""
      : `<plugins><simpleAuthenticationPlugin anonymousAccessAllowed="false"><users>${user.join("")}</users></simpleAuthenticationPlugin></plugins>`;
  const trust =
    tls === "client"
      ? ` trustStore="file:\${activemq.conf}/trust.p12" trustStoreType="PKCS12" trustStorePassword="${password}"`
      : "";
  const secure =
    tls === undefined
      ? ""
      : `<sslContext><sslContext keyStore="file:\${activemq.conf}/broker.p12" keyStoreType="PKCS12" keyStorePassword="${password}"${trust}/></sslContext>`;
  const sslDoor =
    tls === undefined
      ? ""
      : `<transportConnector name="ssl" uri="ssl://127.0.0.1:${sslPort}?needClientAuth=${tls === "client"}"/>`;
  return `<beans xmlns="http://www.springframework.org/schema/beans" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans.xsd
  http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">
  <bean class="org.springframework.beans.factory.config.PropertyPlaceholderConfigurer"/>
  <broker xmlns="http://activemq.apache.org/schema/core" brokerName="${name}" useJmx="false" persistent="${persistent}"
    dataDirectory="\${activemq.data}">
    <destinationPolicy><policyMap><policyEntries>${policies ?? ""}</policyEntries></policyMap></destinationPolicy>
    ${authentication}${secure}
    <transportConnectors>
      <transportConnector name="openwire" uri="tcp://127.0.0.1:${port}${door}"/>
      <transportConnector name="stomp" uri="stomp://127.0.0.1:${stompPort}"/>
      ${sslDoor}
    </transportConnectors>
  </broker>
</beans>
`;
}

const noCertificates = { ca: "", clientCert: "", clientKey: "" };

/** Key stores as Java has them: its own tool makes them. */
async function makeCertificates(folder: string, tls: "server" | "client"): Promise<typeof noCertificates> {
  await mkdir(folder, { recursive: true });
  await run(
    folder,
    "keytool",
    "-genkeypair",
    "-alias",
    "broker",
    "-keyalg",
    "EC",
    "-validity",
    "3650",
    "-storetype",
    "PKCS12",
    "-keystore",
    "broker.p12",
    "-storepass",
    password,
    "-keypass",
    password,
    "-dname",
    "CN=localhost",
    "-ext",
    "SAN=dns:localhost,ip:127.0.0.1",
  );
  await run(
    folder,
    "keytool",
    "-exportcert",
    "-rfc",
    "-alias",
    "broker",
    "-keystore",
    "broker.p12",
    "-storepass",
    password,
    "-file",
    "broker.pem",
  );
  const ca = await readFile(join(folder, "broker.pem"), "utf8");
  if (tls === "server") return { ...noCertificates, ca };
  await run(
    folder,
    "openssl",
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "3650",
    "-keyout",
    "client.key",
    "-out",
    "client.pem",
    "-subj",
    "/CN=connector",
  );
  await run(
    folder,
    "keytool",
    "-importcert",
    "-noprompt",
    "-alias",
    "client",
    "-file",
    "client.pem",
    "-storetype",
    "PKCS12",
    "-keystore",
    "trust.p12",
    "-storepass",
    password,
  );
  const read = (name: string): Promise<string> => readFile(join(folder, name), "utf8");
  return { ca, clientCert: await read("client.pem"), clientKey: await read("client.key") };
}

async function run(cwd: string, ...command: string[]): Promise<void> {
  const child = Bun.spawn(command, { cwd, stdio: ["ignore", "ignore", "pipe"] });
  const [code, words] = await Promise.all([
    child.exited,
    new Response(child.stderr as ReadableStream).text(),
  ]);
  if (code !== 0) throw new Error(`${command[0]} exits ${code}: ${words}`);
}
