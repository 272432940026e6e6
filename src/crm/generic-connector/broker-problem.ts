import { CtiError, type ErrorCode } from "../../model/errors.ts";
import { OpenWireError, type OpenWireErrorCode } from "../../openwire/errors.ts";

const codes: Partial<Record<OpenWireErrorCode, ErrorCode>> = {
  "address-invalid": "config-invalid",
  "host-not-found": "host-not-found",
  security: "credentials-refused",
  usage: "internal",
  "not-encodable": "internal",
};

const hints: Partial<Record<OpenWireErrorCode, string>> = {
  "address-invalid": 'write broker = "failover:(tcp://HOST:61616)"; see cti help generic-connector',
  "host-not-found": "check the name of the broker's host, and the DNS servers",
  unreachable: "check host and port, and that ActiveMQ runs there with an OpenWire connector",
  tls: "name the authority of the broker's certificate in ca, or write tcp:// for a connector without TLS",
  "not-openwire": "the port must be that of ActiveMQ's openwire connector, 61616 as a rule",
  security:
    "check username and CTI_GC_BROKER_PASSWORD, and what that user may do on the queue and the topics (admin on ActiveMQ.Advisory.> too)",
};

/** What the broker or the way to it refused, in the product's words. Anything else than an OpenWireError passes through. */
export function brokerProblem(thrown: unknown): CtiError {
  if (!(thrown instanceof OpenWireError)) {
    if (thrown instanceof CtiError) return thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return new CtiError({ code: "internal", message: "the broker's client failed", why }, { cause: thrown });
  }
  const { code, message, why } = thrown;
  const hint = hints[code];
  return new CtiError(
    {
      code: codes[code] ?? "broker-unreachable",
      message,
      ...(why !== undefined && { why }),
      ...(hint !== undefined && { hint }),
    },
    { cause: thrown },
  );
}
