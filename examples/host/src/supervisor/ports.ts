import { createServer } from "node:net";

/** A listener of the deployment and the environment variable that moves it. */
export interface Listener {
  readonly variable: string;
  readonly port: number;
  readonly what: string;
}

/** Read a port from the environment, with a default. */
export function listener(variable: string, fallback: number, what: string): Listener {
  const text = process.env[variable];
  const port = text === undefined || text === "" ? fallback : Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Error(`${variable}=${text} is not a port: give a number from 1 to 65535.`);
  }
  return { variable, port, what };
}

/** Fail with the variable's name when a port is taken, before anything starts. */
export async function assertFree(listeners: readonly Listener[]): Promise<void> {
  for (const { variable, port, what } of listeners) {
    await new Promise<void>((resolve, reject) => {
      const probe = createServer();
      probe.once("error", (cause) => {
        reject(
          new Error(`Port ${port} (${what}) is busy. Free it, or set ${variable} to another port.`, {
            cause,
          }),
        );
      });
      probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
    });
  }
}
