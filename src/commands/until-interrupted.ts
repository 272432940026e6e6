/** Resolves on Ctrl-C, SIGTERM or a closed terminal: to a command that runs in the foreground all are the ordinary end. */
export function interrupted(): Promise<void> {
  return new Promise((end) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => end());
  });
}
