import type { TestCertificate } from "../finesse/certificates.ts";

export interface Served {
  port: number;
  localhost: string;
  loopback: string;
  origin(host: "localhost" | "127.0.0.1"): string;
  close(): Promise<void>;
}

/** Small pages for the browser's own tests. */
const pages: Record<string, string> = {
  "/form": `<main>
<form><label>Number <input name="number"></label><label><input type="checkbox"> Agreed</label></form>
<button type="button" id="later">Later</button><button type="button" hidden>Hidden</button>
<p role="status" id="said"></p>
<script>
globalThis.untrusted = 0;
for (const type of ["click", "keydown", "input", "submit"])
  addEventListener(type, (event) => { if (!event.isTrusted) untrusted++; }, true);
const said = document.getElementById("said");
document.forms[0].addEventListener("submit", (event) => {
  event.preventDefault();
  said.textContent = "sent " + event.target.number.value;
});
document.getElementById("later").addEventListener("click", () => setTimeout(() => {
  said.textContent = said.textContent === "came later" ? "" : "came later";
}, 50));
</script>`,
  "/covered": `<button type="button" onclick="this.textContent = 'clicked under'">Under</button>
<div id="cover" style="position: fixed; inset: 0; background: #fff">on top</div>
<script>addEventListener("keydown", ({ key }) => { if (key === "Escape") document.getElementById("cover").remove(); });</script>`,
  "/outer": `<h1 style="margin: 90px 0 0 70px">Outer</h1><div style="padding: 30px; border: 4px solid">
<iframe style="border: 7px solid; width: 400px; height: 200px"></iframe></div><button type="button">Swap</button>
<script>
const frame = document.querySelector("iframe");
frame.src = location.search.slice(1);
document.querySelector("button").addEventListener("click", () => { frame.src = new URL("/covered", location); });
</script>`,
  "/faulty": `<p>Faulty</p><img src="https://elsewhere.example.com/x.png"><script>console.error("wrong", 7); throw new Error("thrown");</script>`,
  "/socket": `<p id="socket"></p><p id="line"></p><script>
const write = (id, text) => { document.getElementById(id).textContent = text; };
new WebSocket("wss://" + location.host + "/echo").addEventListener("open", () => write("socket", "socket open"));
for (const type of ["online", "offline"]) addEventListener(type, () => write("line", "browser " + type));
</script>`,
};

export function servePages({ cert, key }: TestCertificate): Served {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: { cert, key },
    fetch: (request, serving) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/echo" && serving.upgrade(request)) return undefined;
      const page = pages[pathname];
      if (page === undefined) return new Response(null, { status: 204 });
      const policy = pathname === "/faulty" ? "img-src 'none'" : "default-src * 'unsafe-inline'";
      return new Response(`<!doctype html><html lang="en"><title>${pathname}</title>${page}</html>`, {
        headers: { "Content-Type": "text/html", "Content-Security-Policy": policy },
      });
    },
    websocket: { message: (socket, text) => void socket.send(text) },
  });
  const { port = 0 } = server;
  const origin = (host: string): string => `https://${host}:${port}`;
  return {
    port,
    localhost: origin("localhost"),
    loopback: origin("127.0.0.1"),
    origin,
    close: () => server.stop(true),
  };
}
