/** Opens an address in the person's browser, without a shell. Resolves with why it could not. */
export async function openBrowser(
  url: string,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  const { protocol } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:") return `${protocol} is no address for a browser`;
  const [program, ...rest] =
    platform === "darwin"
      ? ["open"]
      : platform === "win32"
        ? ["rundll32", "url.dll,FileProtocolHandler"]
        : ["xdg-open"];
  try {
    const child = Bun.spawn([program ?? "", ...rest, url], {
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    // A browser that is started this way may live on as its child.
    child.unref();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
