import type { IncomingHttpHeaders } from "node:http";
import type { ParsedBody } from "./serve-node.ts";

/** A body that was read before the gateway's turn, as a stream once more. */
export interface ReplayedBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** Why the body could not be had, once somebody wanted it. */
  missing(): TypeError | undefined;
}

/**
 * Give a body again that a parser of the framework has read: its bytes where the parser kept them (`rawBody`, a raw
 * parser's `body`), else parsed JSON written out once more.
 *
 * Other parsers lose what was sent; reading their stream fails, and `missing` tells the host why.
 */
export function replayBody(parsed: ParsedBody, headers: IncomingHttpHeaders): ReplayedBody {
  let missing: TypeError | undefined;
  return {
    stream: new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const bytes = toBytes(parsed, headers["content-type"] ?? "");
          if (bytes === null) {
            missing = new TypeError(
              "The request's body was read before the gateway's turn, and not kept. Mount the gateway before body parsers, or let the parser keep the bytes as `rawBody`.",
            );
            controller.error(missing);
            return;
          }
          if (bytes.byteLength > 0) controller.enqueue(bytes);
          controller.close();
        },
      },
      { highWaterMark: 0 },
    ),
    missing: () => missing,
  };
}

function toBytes({ body, rawBody }: ParsedBody, contentType: string): Uint8Array | null {
  if (rawBody instanceof Uint8Array) return rawBody;
  if (body instanceof Uint8Array) return body;
  const [type = "", ...parameters] = contentType.split(";");
  const charset = parameters.find((one) => /^\s*charset=/i.test(one));
  // Koa's parsers keep text; only what was UTF-8 comes out of it as it went in.
  if (typeof rawBody === "string" && (charset === undefined || /utf-?8/i.test(charset))) {
    return new TextEncoder().encode(rawBody);
  }
  const isJson = /^application\/(?:[\w.-]+\+)?json$/i.test(type.trim());
  return isJson && body !== undefined ? new TextEncoder().encode(JSON.stringify(body)) : null;
}
