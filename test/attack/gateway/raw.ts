import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** All that a server said to bytes it was sent. */
export interface RawAnswer {
  /** Status of every response on the connection; none when it was only cut. */
  readonly statuses: readonly number[];
  /** Lower-case headers of the first response. */
  readonly head: string;
  readonly text: string;
}

/** How long a server may take to have its say; it closes on its own after whatever it refuses. */
const PATIENCE_MS = 15_000;

/** Send bytes as they are and listen until the server closes, or has answered to the end. */
export async function raw(
  port: number,
  bytes: string | Uint8Array,
  { isComplete = isDone } = {},
): Promise<RawAnswer> {
  const socket = await open(port);
  const timer = setTimeout(() => socket.destroy(), PATIENCE_MS);
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    if (isComplete(text)) socket.destroy();
  });
  // Not `once`, which rejects when the connection is reset: to be cut off is an answer, too.
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(bytes);
  await closed;
  clearTimeout(timer);
  return {
    statuses: [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status)),
    head: text.split("\r\n\r\n", 1)[0]!.toLowerCase(),
    text,
  };
}

/** A connection whose failures are the attacker's problem. */
export async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** Whether the one answer that is due has come in full; more than one is never due. */
function isDone(text: string): boolean {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  if (!/^connection: keep-alive/im.test(head)) return false;
  const body = rest.join("\r\n\r\n");
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  return length === undefined ? body.endsWith("0\r\n\r\n") : body.length >= Number(length);
}
