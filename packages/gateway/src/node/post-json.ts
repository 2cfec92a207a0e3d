import type { Pool } from "undici";
import { GatewayError } from "../errors.ts";

/** A runner's HTTP answer; `json` is undefined when the body is not JSON. */
export interface PostAnswer {
  readonly status: number;
  readonly json: unknown;
}

/** Failures before a byte was sent. */
const NOT_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/**
 * Post bytes to a runner and read its JSON.
 *
 * @throws {GatewayError} `runner_unreachable` when nothing was sent, `runner_crashed` when the connection was lost
 *   after that, `response_too_large`.
 */
export async function postJson(
  pool: Pool,
  post: {
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body: Buffer;
    readonly signal: AbortSignal;
    readonly maxResponseBytes: number;
  },
): Promise<PostAnswer> {
  const { path, headers, body, signal, maxResponseBytes } = post;
  try {
    const response = await pool.request({ method: "POST", path, headers, body, signal });
    const chunks: Buffer[] = [];
    let total = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      total += chunk.byteLength;
      // Leaving the loop destroys the rest of the answer.
      if (total > maxResponseBytes)
        throw new GatewayError("response_too_large", "The runner's answer is too large.");
      chunks.push(chunk);
    }
    return { status: response.statusCode, json: toJson(Buffer.concat(chunks)) };
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    if (NOT_SENT.has(codeOf(cause))) {
      throw new GatewayError("runner_unreachable", "The extension runner cannot be reached.", {
        cause,
        retryable: true,
      });
    }
    throw new GatewayError("runner_crashed", "The connection to the runner was lost during the call.", {
      cause,
    });
  }
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : "";
}

function toJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
