import { connect } from "../../../src/openwire/index.ts";
import { quantile } from "./report.ts";

/** Our client in a process of its own, driven as `java/Bench.java` is: `throughput N [RANGE]`, `latency N`, `topics N COUNT`. */
const [url = ""] = process.argv.slice(2);
const sending = await connect(url);
const receiving = await connect(url);
let turn = 0;

async function throughput(count: number, acknowledgeRange: number): Promise<string> {
  const queue = `queue://OURS.${turn++}`;
  const [to, from] = [await sending.session(), await receiving.session()];
  const consumer = await from.consume(queue, { acknowledgeRange });
  const done = Promise.withResolvers<void>();
  let received = 0;
  consumer.listen(() => {
    received += 1;
    if (received === count) done.resolve();
  });
  const producer = await to.producer(queue);
  const text = "x".repeat(1024);
  const started = performance.now();
  for (let index = 0; index < count; index++) await producer.send(text);
  await done.promise;
  const elapsed = performance.now() - started;
  await Promise.all([to.close(), from.close()]);
  return String(count / (elapsed / 1000));
}

async function latency(count: number): Promise<string> {
  const queue = `queue://OURS.${turn++}`;
  const answering = await receiving.session();
  const consumer = await answering.consume(queue);
  consumer.listen(({ replyTo, correlationId, text }) => {
    if (replyTo !== null && correlationId !== null) void answering.send(replyTo, text, { correlationId });
  });
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const started = performance.now();
    await sending.request(queue, "ping");
    times.push(performance.now() - started);
  }
  await answering.close();
  return `${quantile(times, 0.5)} ${quantile(times, 0.99)}`;
}

/** As many topics as agents, each with its consumer, on one connection: set-up in ms, messages a second, resident MB. */
async function topics(agents: number, count: number): Promise<string> {
  const session = await receiving.session();
  const done = Promise.withResolvers<void>();
  let received = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: agents }, async (_, agent) => {
      const consumer = await session.consume(`topic://seat-${turn}.${agent}`);
      consumer.listen(() => {
        received += 1;
        if (received === count) done.resolve();
      });
    }),
  );
  const setUp = performance.now() - started;
  const begun = performance.now();
  for (let index = 0; index < count; index++)
    await session.send(
      `topic://seat-${turn}.${index % agents}`,
      "1001#State#READY#-1####Ayesha Khan#1001#42001",
    );
  await done.promise;
  const rate = count / ((performance.now() - begun) / 1000);
  turn += 1;
  await session.close();
  return `${setUp} ${rate} ${process.memoryUsage.rss() / 1e6}`;
}

process.stdout.write("READY\n");
for await (const line of console) {
  const [what, count = "0", more = "1"] = line.split(" ");
  const result =
    what === "throughput"
      ? await throughput(Number(count), Number(more))
      : what === "latency"
        ? await latency(Number(count))
        : await topics(Number(count), Number(more));
  process.stdout.write(`RESULT ${result}\n`);
}
process.exit(0);
