import type { Dispatcher, Pool } from "undici";
import { GatewayError } from "../errors.ts";

/** One request to a runner. */
export interface RunnerPost {
  /** @default POST */
  readonly method?: "GET" | "POST";
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body?: Buffer;
  readonly signal: AbortSignal;
  readonly maxResponseBytes: number;
}

/** A runner's HTTP answer; `json` is undefined when the body is not JSON. */
export interface PostAnswer {
  readonly status: number;
  readonly json: unknown;
}

const GONE = new DOMException("Nobody waits for the answer.", "AbortError");

/**
 * Send one request to a runner and read its JSON.
 *
 * What tells "nothing was sent" from "may have been admitted" is whether the request was begun on a connection, not
 * the name of the failure: a connection that is refused, times out or fails its TLS begins none.
 *
 * Driven by `dispatch`, because the stream and the scope that `request` makes for each answer cost as much again.
 *
 * @throws {GatewayError} `runner_unreachable`, retryable, when nothing was sent; `runner_crashed` when the connection
 *   was lost after that; `response_too_large`; `bad_gateway` when it is no request that can be sent.
 */
export function postJson(pool: Pool, post: RunnerPost): Promise<PostAnswer> {
  const { method = "POST", path, headers, body = null, signal, maxResponseBytes } = post;
  return new Promise((resolve, reject) => {
    let begun: Dispatcher.DispatchController | null = null;
    let status = 0;
    let total = 0;
    let chunks: Buffer[] = [];
    const settle = (outcome: PostAnswer | GatewayError): void => {
      signal.removeEventListener("abort", onAbort);
      if (outcome instanceof GatewayError) reject(outcome);
      else resolve(outcome);
    };
    const onAbort = (): void => {
      settle(toFailure(GONE, begun !== null));
      begun?.abort(GONE);
    };
    if (signal.aborted) {
      settle(toFailure(GONE, false));
      return;
    }
    signal.addEventListener("abort", onAbort, { once: true });
    const options = { method, path, headers: headers as string[], body, idempotent: false };
    pool.dispatch(options, {
      onRequestStart(controller) {
        begun = controller;
        // It waited for a connection, and its caller did not.
        if (signal.aborted) controller.abort(GONE);
      },
      onResponseStart(_controller, statusCode) {
        status = statusCode;
      },
      onResponseData(controller, chunk) {
        total += chunk.byteLength;
        if (total <= maxResponseBytes) chunks.push(chunk);
        else {
          chunks = [];
          settle(new GatewayError("response_too_large", "The runner's answer is too large."));
          controller.abort(GONE);
        }
      },
      onResponseEnd() {
        settle({ status, json: toJson(chunks) });
      },
      onResponseError(_controller, cause) {
        settle(toFailure(cause, begun !== null));
      },
    });
  });
}

function toFailure(cause: Error, isBegun: boolean): GatewayError {
  if (isBegun) {
    return new GatewayError("runner_crashed", "The connection to the runner was lost during the call.", {
      cause,
    });
  }
  if ("code" in cause && cause.code === "UND_ERR_INVALID_ARG") {
    return new GatewayError("bad_gateway", "The call cannot be sent to a runner.", { cause });
  }
  return new GatewayError("runner_unreachable", "The extension runner cannot be reached.", {
    cause,
    retryable: true,
  });
}

function toJson(chunks: readonly Buffer[]): unknown {
  const [first] = chunks;
  const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
