import type { IncomingMessage, ServerResponse } from "node:http";
import { answerOf } from "../internal/answer.ts";

/**
 * An answer that comes before the body's end lets the client finish this much, then cuts it off. It has to be more than
 * lies in the buffers of a connection: cut before they are empty, the client would see a reset instead of its answer.
 */
const LINGER_BYTES = 16 * 1024 * 1024;
const LINGER_MS = 1000;

/** Up to here, copying is cheaper than giving the kernel two pieces. */
const ONE_PIECE_BYTES = 16 * 1024;

/** Write a web-standard response to a node one. Never rejects: a broken stream cuts the connection. */
export async function writeResponse(
  response: Response,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  if (outgoing.destroyed) {
    await response.body?.cancel().catch(() => {});
    return;
  }
  if (!incoming.complete) outgoing.once("finish", () => linger(incoming));
  try {
    const answer = answerOf(response);
    if (answer !== undefined) {
      outgoing.writeHead(answer.status, toFlat(answer.headers));
      if (answer.body === null || incoming.method === "HEAD") outgoing.end();
      else if (answer.body.byteLength > ONE_PIECE_BYTES) outgoing.end(answer.body);
      else outgoing.end(toLatin1(answer.body), "latin1");
      return;
    }
    // Each cookie is an entry of its own, as it must be on the wire.
    outgoing.writeHead(response.status, [...response.headers].flat());
    if (response.body === null || incoming.method === "HEAD") outgoing.end();
    else await pipe(response.body, Number(response.headers.get("content-length") ?? NaN), outgoing);
  } catch {
    // A header that the web standard allows and HTTP does not, such as a control character.
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(500).end();
  }
}

/** As a string, which Node writes in one piece with the headers; each character of Latin-1 is one byte. */
function toLatin1({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}

function toFlat(headers: Readonly<Record<string, string>>): string[] {
  const flat: string[] = [];
  for (const name in headers) flat.push(name, headers[name] as string);
  return flat;
}

/** The usual answer, one chunk of known length, leaves in one write together with its headers. */
async function pipe(
  body: ReadableStream<Uint8Array>,
  length: number,
  outgoing: ServerResponse,
): Promise<void> {
  const reader = body.getReader();
  let ready: (() => void) | undefined;
  const wake = (): void => ready?.();
  const cancel = (): void => {
    void reader.cancel().catch(() => {});
    wake();
  };
  outgoing.once("close", cancel);
  let written = 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- chunks come one after the other
    const { done, value } = await reader.read();
    if (done || outgoing.destroyed) break;
    written += value.byteLength;
    if (written === length) {
      outgoing.off("close", cancel);
      outgoing.end(value);
      return;
    }
    if (outgoing.write(value)) continue;
    const drained = new Promise<void>((resolve) => (ready = resolve));
    outgoing.once("drain", wake);
    await drained;
    outgoing.off("drain", wake);
  }
  outgoing.off("close", cancel);
  outgoing.end();
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
