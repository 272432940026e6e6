import { isIP } from "node:net";
import { connect } from "node:tls";
import { X509Certificate } from "node:crypto";

/** PEM of the certificate that a server on this machine presents: for `trust`, where nobody else could sit in between. */
export function certificateOf(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(
      {
        host: "127.0.0.1",
        port: Number(port),
        ...(isIP(hostname) === 0 && { servername: hostname }),
        rejectUnauthorized: false,
      },
      () => {
        const { raw } = socket.getPeerCertificate();
        socket.destroy();
        resolve(new X509Certificate(raw).toString());
      },
    );
    socket.once("error", reject);
  });
}
