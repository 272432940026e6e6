import { CtiError } from "../../../model/errors.ts";
import { portHolder } from "./port-holder.ts";

/** Why the page cannot be served, and what to do. */
export function cannotListen(error: unknown, host: string, port: number): CtiError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why = error instanceof Error ? error.message : String(error);
  const invalid = (message: string, hint: string, words = why): CtiError =>
    new CtiError(
      { code: "config-invalid", message: `softphone page: ${message}`, why: words, hint },
      { cause: error },
    );
  const another =
    'set "listen" of the Open CTI adapter to another port, and the call center\'s adapter URL to the same';
  switch (code) {
    case "EADDRINUSE": {
      const holder = portHolder(port);
      return invalid(
        `port ${port} of ${host} ("listen") is taken by ${holder ?? "another program"}`,
        `stop that program, or ${another}`,
      );
    }
    case "EACCES":
      return invalid(`port ${port} ("listen") needs an administrator's rights`, another);
    case "EADDRNOTAVAIL":
      return invalid(
        `${host} ("listen") is no address of this computer`,
        'set "listen" of the Open CTI adapter to 127.0.0.1:8112, or to an address that this computer has',
      );
    default:
      return /OSSL|TLS|SSL|BORING/i.test(code) || /ssl|pem|certificate|private key/i.test(why)
        ? invalid(
            '"cert" and "key" cannot be used',
            "both must be PEM, and the key must be the certificate's own, without a pass phrase",
          )
        : invalid(`cannot listen on port ${port} of ${host} ("listen")`, another);
  }
}
