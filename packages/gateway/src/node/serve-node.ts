import type { IncomingMessage, ServerResponse } from "node:http";
import { replayBody } from "./replay-body.ts";
import type { FetchLike } from "./to-node-handler.ts";
import { toRequest } from "./to-request.ts";
import { writeResponse } from "./write-response.ts";

/** One exchange of a framework that runs on `node:http`. */
export interface NodeExchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** The target as it was sent, where the framework rewrites `incoming.url`. @default incoming.url */
  readonly target?: string | undefined;
  /** What the framework's own parsers made of the body, if they have read it. */
  readonly parsed?: ParsedBody;
  /** Called before the first byte is written, so that the framework leaves the response alone. */
  readonly onAnswer?: () => void;
}

/** Where body parsers leave what they have read. */
export interface ParsedBody {
  readonly body?: unknown;
  readonly rawBody?: unknown;
}

/**
 * Answer one exchange in the middle of a framework; false, with nothing written, when it is none of the handler's.
 *
 * What two parsers could read differently is never shown to the handler: the framework answers it as any unknown path.
 *
 * @throws what the handler throws.
 * @throws {TypeError} when the handler wants a body that somebody has read and not kept.
 */
export async function serveNode(fetch: FetchLike, exchange: NodeExchange): Promise<boolean> {
  const { incoming, outgoing, target, parsed = {}, onAnswer } = exchange;
  const replay = incoming.readableDidRead ? replayBody(parsed, incoming.headers) : undefined;
  const request = toRequest(incoming, { outgoing, target, body: replay?.stream });
  if (request instanceof Response) return false;
  const response = await fetch(request);
  if (response === null) return false;
  const missing = replay?.missing();
  if (missing !== undefined) throw missing;
  onAnswer?.();
  await writeResponse(response, incoming, outgoing);
  return true;
}
