/** Next.js calls this once when the server starts: what is missing is told now, not on somebody's first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { startHost } = await import("./lib/start-host.ts");
    await startHost();
  }
}
