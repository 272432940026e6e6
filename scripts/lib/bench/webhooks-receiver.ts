/** A process of its own: a receiver that takes everything at once. Prints its port number. */
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: async (request) => {
    await request.arrayBuffer();
    return new Response(null, { status: 204 });
  },
});
process.stdout.write(`${server.port}\n`);
