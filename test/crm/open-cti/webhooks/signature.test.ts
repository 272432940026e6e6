import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { isSigned, signatures, signingKeys } from "../../../../src/crm/open-cti/webhooks/signature.ts";
import { Invalid } from "../../../../src/platform/invalid.ts";

const secretOf = (bytes: Uint8Array) => `whsec_${Buffer.from(bytes).toString("base64")}`;
const key = fc.uint8Array({ minLength: 24, maxLength: 64 });
const id = fc.stringMatching(/^[A-Za-z0-9_:-]{1,40}$/);
const now = () => String(Math.floor(Date.now() / 1000));

describe("signatures, beside the public library", () => {
  test("what we sign it verifies, with any of several secrets", () => {
    fc.assert(
      fc.property(
        fc.array(key, { minLength: 1, maxLength: 3 }),
        id,
        fc.string({ unit: "binary" }),
        (keys, webhookId, text) => {
          const body = JSON.stringify({ text });
          const timestamp = now();
          const header = signatures(signingKeys(keys.map(secretOf).join(" \n")), {
            id: webhookId,
            timestamp,
            body,
          });
          for (const each of keys)
            expect(
              new Webhook(secretOf(each)).verify(body, {
                "webhook-id": webhookId,
                "webhook-timestamp": timestamp,
                "webhook-signature": header,
              }),
            ).toEqual({ text });
        },
      ),
      { numRuns: 60 },
    );
  });

  test("what it signs we believe, and nothing that was changed", () => {
    fc.assert(
      fc.property(key, key, id, fc.string(), fc.nat(200), (one, other, webhookId, body, at) => {
        const timestamp = now();
        const keys = signingKeys(secretOf(one));
        const header = new Webhook(secretOf(one)).sign(webhookId, new Date(Number(timestamp) * 1000), body);
        const signed = { id: webhookId, timestamp, body };
        expect(isSigned(keys, signed, header)).toBe(true);
        expect(isSigned(keys, signed, `v1,AAAA v1a,${header.slice(3)} ${header}`)).toBe(true);
        expect(isSigned(keys, { ...signed, body: `${body} ` }, header)).toBe(false);
        expect(isSigned(keys, { ...signed, id: `${webhookId}x` }, header)).toBe(false);
        expect(isSigned(keys, { ...signed, timestamp: `${Number(timestamp) + 1}` }, header)).toBe(false);
        expect(isSigned(keys, signed, header.replace("v1,", "v2,"))).toBe(false);
        if (Buffer.compare(one, other) !== 0)
          expect(isSigned(signingKeys(secretOf(other)), signed, header)).toBe(false);
        const bytes = Buffer.from(header.slice(3), "base64");
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 + (at % 255));
        expect(isSigned(keys, signed, `v1,${bytes.toString("base64")}`)).toBe(false);
        expect(isSigned(keys, signed, `v1,${bytes.subarray(0, at % 32).toString("base64")}`)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test("an empty signature, none, or thousands of them are not believed", () => {
    const keys = signingKeys(secretOf(new Uint8Array(32)));
    const signed = { id: "a", timestamp: now(), body: "{}" };
    for (const header of ["", " ", "v1,", "v1", ",", "v1, v1,", "v1,===="])
      expect(isSigned(keys, signed, header)).toBe(false);
    // One that is right behind so many others is not looked for.
    expect(isSigned(keys, signed, `${"v1,AAAA ".repeat(5000)}${signatures(keys, signed)}`)).toBe(false);
  });

  test("a secret that is none is refused without being repeated", () => {
    const wrong = [
      "",
      "   ",
      "hunter22",
      "whsec_",
      "whsec_????",
      secretOf(new Uint8Array(23)),
      secretOf(new Uint8Array(65)),
      `${secretOf(new Uint8Array(32))} hunter22`,
    ];
    for (const text of wrong) {
      let error: unknown;
      try {
        signingKeys(text);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(Invalid);
      for (const part of text.split(" ").filter((each) => each.length > 6))
        expect(`${(error as Invalid).message} ${(error as Invalid).hint}`).not.toContain(part);
    }
  });

  test("any text is a secret or is refused, and never anything else", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        try {
          for (const each of signingKeys(`whsec_${text}`)) expect(each.length).toBeWithin(24, 65);
        } catch (error) {
          expect(error).toBeInstanceOf(Invalid);
        }
      }),
    );
  });
});
