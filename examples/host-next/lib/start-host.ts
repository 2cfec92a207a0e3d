import { host } from "./host.ts";

/** Make the host, and close it when the process is told to end. */
export async function startHost(): Promise<void> {
  const { close } = await host();
  // `NEXT_MANUAL_SIG_HANDLE` leaves signals to us: Next.js would end the process under the database.
  const stop = (): void => void close().finally(() => process.exit(0));
  process.once("SIGTERM", stop).once("SIGINT", stop);
}
