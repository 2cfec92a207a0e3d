import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";

/** An answer that comes before the body's end lets the client finish this much, then cuts it off. */
const LINGER_BYTES = 1024 * 1024;
const LINGER_MS = 1000;

/** Write a web-standard response to a node one. Never rejects: a broken stream cuts the connection. */
export async function writeResponse(
  response: Response,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  if (outgoing.destroyed) return;
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name !== "set-cookie") outgoing.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
  if (!incoming.complete) outgoing.once("finish", () => linger(incoming));
  try {
    if (response.body !== null && incoming.method !== "HEAD") await pipe(response.body, outgoing);
    outgoing.end();
  } catch {
    outgoing.destroy();
  }
}

async function pipe(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const cancel = (): void => void reader.cancel().catch(() => {});
  outgoing.once("close", cancel);
  const ended = new AbortController();
  outgoing.once("close", () => ended.abort());
  for (;;) {
    const { done, value } = await reader.read();
    if (done || outgoing.destroyed) break;
    if (!outgoing.write(value)) await once(outgoing, "drain", { signal: ended.signal });
  }
  outgoing.off("close", cancel);
}

/** Closing a socket with unread bytes resets it and may lose the answer; reading without end is no way either. */
function linger(incoming: IncomingMessage): void {
  if (incoming.complete) return;
  const { socket } = incoming;
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  let drained = 0;
  incoming.on("data", (chunk: Buffer) => {
    drained += chunk.byteLength;
    if (drained > LINGER_BYTES) socket.destroy();
  });
  incoming.once("close", () => clearTimeout(timer));
  incoming.once("end", () => clearTimeout(timer));
  incoming.resume();
}
