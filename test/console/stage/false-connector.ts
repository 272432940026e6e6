import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { controlApi } from "../../../src/control/contract.ts";
import { socketPath } from "../../../src/platform/paths.ts";
import { version } from "../../../src/platform/version.ts";

/** Something that answers at the connector's place whatever a test wants. */
export class FalseConnector {
  readonly folder = mkdtempSync(join(tmpdir(), "cti-false-"));
  readonly env: Record<string, string>;
  readonly #server: Bun.Server<undefined>;

  /** @param status what it says of itself and of its agents */
  constructor(status: unknown) {
    const { folder } = this;
    this.env = {
      PATH: "/usr/bin:/bin",
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      XDG_STATE_HOME: join(folder, "state"),
      XDG_CONFIG_HOME: join(folder, "config"),
    };
    const unix = socketPath(this.env, "default");
    mkdirSync(join(unix, ".."), { recursive: true });
    const headers = { "Cti-Api": String(controlApi), "Cti-Version": version };
    this.#server = Bun.serve({
      unix,
      fetch: (request) => {
        const { pathname } = new URL(request.url);
        const streams = request.headers.get("Accept") === "text/event-stream";
        if (pathname === "/v1/events" && streams)
          return new Response(new ReadableStream(), {
            headers: { ...headers, "Content-Type": "text/event-stream" },
          });
        if (pathname === "/v1/events") return Response.json({ events: [] }, { headers });
        return Response.json(status, { headers });
      },
    });
  }

  async close(): Promise<void> {
    await this.#server.stop(true);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
