import { create } from "../../../src/openwire/wire/create.ts";
import type { Command } from "../../../src/openwire/wire/commands.ts";
import { createDecoder } from "../../../src/openwire/wire/decoder.ts";
import { createEncoder } from "../../../src/openwire/wire/encoder.ts";
import { negotiate, wireFormatInfo } from "../../../src/openwire/wire/wire-format.ts";
import { median, report } from "./report.ts";

/** Small commands a second on one core, there and back again, in the format agreed on with a broker by default. */
export function measureCodec(): void {
  const queue = create("ActiveMQQueue", { physicalName: "Connector1" });
  const consumerId = create("ConsumerId", { connectionId: "ID:host-1234-1-1:1", sessionId: 1, value: 1 });
  const producerId = create("ProducerId", { connectionId: "ID:host-1234-1-1:1", value: 1, sessionId: 1 });
  const messageId = create("MessageId", { producerId, producerSequenceId: 5, brokerSequenceId: 9 });
  const message = create("ActiveMQTextMessage", {
    producerId,
    destination: queue,
    messageId,
    jmsType: "MakeReady#1001",
    content: Buffer.from("\0\0\0\u0005hello"),
    timestamp: 1_700_000_000_000,
  });
  const commands: Command[] = [
    create("KeepAliveInfo", {}),
    create("Response", { correlationId: 7 }),
    create("MessageAck", {
      destination: queue,
      consumerId,
      ackType: 2,
      firstMessageId: messageId,
      lastMessageId: messageId,
      messageCount: 1,
    }),
    create("MessageDispatch", { consumerId, destination: queue, message }),
  ];
  const ours = wireFormatInfo();
  const format = negotiate(ours, ours);
  for (const command of commands) {
    const encoder = createEncoder();
    const decoder = createDecoder();
    decoder.push(encoder.encode(ours), () => {});
    encoder.useFormat(format);
    decoder.useFormat(format);
    const batch = 100;
    for (let index = 0; index < batch; index++) encoder.append(command);
    // The first time everything is new to the cache, the second time known, as it is in a long conversation.
    decoder.push(encoder.take(), () => {});
    for (let index = 0; index < batch; index++) encoder.append(command);
    const frames = encoder.take();
    const encode = perSecond(() => {
      encoder.append(command);
      if (encoder.waiting > 65_536) encoder.take();
    });
    const decode = perSecond(() => decoder.push(frames, () => {})) * batch;
    report(
      `${command.type} alone`,
      `encoded ${thousands(encode)}/s`,
      `decoded ${thousands(decode)}/s`,
      thousands(Math.min(encode, decode)),
      "≥ 400k/s",
      Math.min(encode, decode) >= 400_000,
    );
  }
}

function perSecond(work: () => void): number {
  const rates: number[] = [];
  for (let round = 0; round < 5; round++) {
    const started = performance.now();
    let turns = 0;
    while (performance.now() - started < 100) {
      for (let turn = 0; turn < 50; turn++) work();
      turns += 50;
    }
    if (round > 0) rates.push(turns / ((performance.now() - started) / 1000));
  }
  return median(rates);
}

const thousands = (rate: number): string => `${(rate / 1000).toFixed(0)}k`;
