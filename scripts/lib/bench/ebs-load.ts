/** CheckStatus as Java's HttpURLConnection sends it. */
const request = Buffer.from(
  [
    "GET /?FunctionName=CheckStatus HTTP/1.1",
    "User-Agent: Java/1.8.0_202",
    "Host: localhost:3107",
    "Accept: text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
    "Connection: keep-alive",
    "",
    "",
  ].join("\r\n"),
);
const end = Buffer.from("\r\n\r\n<CCTSDK/>");

export interface Load {
  perSecond: number;
  /** Milliseconds from a request to its answer. */
  times: number[];
}

/** Asks on keep-alive connections, each its next as soon as it has its answer. Throws when any answer is not success. */
export async function load(port: number, connections: number, milliseconds: number): Promise<Load> {
  const times: number[] = [];
  const started = performance.now();
  const over = started + milliseconds;
  await Promise.all(Array.from({ length: connections }, () => oneCaller(port, over, times)));
  return { perSecond: (times.length * 1000) / (performance.now() - started), times };
}

function oneCaller(port: number, over: number, times: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = 0;
    const failed = (error: unknown): void => reject(error);
    Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open(socket) {
          asked = performance.now();
          socket.write(request);
        },
        data(socket, bytes) {
          if (!bytes.subarray(-end.length).equals(end))
            return failed(new Error(`CheckStatus: ${bytes.toString("latin1")}`));
          const now = performance.now();
          times.push(now - asked);
          if (now > over) {
            resolve();
            socket.end();
            return;
          }
          asked = now;
          socket.write(request);
        },
        error: (_, error) => failed(error),
        connectError: (_, error) => failed(error),
        close: () => failed(new Error("the connection was closed")),
      },
    }).catch(failed);
  });
}
