import type { JsonValue } from "@alga-ext/protocol";
import type { ProxyCallOptions, ProxyResponse } from "@alga-ext/iframe-bridge/frame";
import { ApiError } from "./api-error.ts";

/** The one thing of a bridge that an API client needs. */
export interface ProxyCaller {
  callProxy(route: string, options?: ProxyCallOptions): Promise<ProxyResponse>;
}

/** Options of one API call. */
export interface ApiCallOptions {
  readonly signal?: AbortSignal;
  /** @default 35000 */
  readonly timeoutMs?: number;
}

/**
 * JSON in, JSON out. An empty success answers null.
 *
 * Every method throws {@link ApiError} for a status of 400 or above and for a success that is not JSON, and
 * `BridgeError` when the call did not reach the API.
 */
export interface ApiClient {
  get<Result = JsonValue>(route: string, options?: ApiCallOptions): Promise<Result>;
  post<Result = JsonValue>(route: string, body?: unknown, options?: ApiCallOptions): Promise<Result>;
  put<Result = JsonValue>(route: string, body?: unknown, options?: ApiCallOptions): Promise<Result>;
  patch<Result = JsonValue>(route: string, body?: unknown, options?: ApiCallOptions): Promise<Result>;
  delete<Result = JsonValue>(route: string, options?: ApiCallOptions): Promise<Result>;
}

/**
 * Call the extension's own endpoints over a bridge.
 *
 * @example
 * const api = createApiClient(bridge);
 * const created = await api.post<Agreement>("/agreements", { title: "Büro Zürich" });
 */
export function createApiClient(bridge: ProxyCaller): ApiClient {
  async function call<Result>(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    route: string,
    body: unknown,
    options: ApiCallOptions = {},
  ): Promise<Result> {
    const response = await bridge.callProxy(route, {
      method,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: toJsonText(body) }),
      ...options,
    });
    return readAnswer(response) as Result;
  }
  return {
    get: (route, options) => call("GET", route, undefined, options),
    post: (route, body, options) => call("POST", route, body, options),
    put: (route, body, options) => call("PUT", route, body, options),
    patch: (route, body, options) => call("PATCH", route, body, options),
    delete: (route, options) => call("DELETE", route, undefined, options),
  };
}

function toJsonText(body: unknown): string {
  const text: string | undefined = JSON.stringify(body);
  if (text === undefined)
    throw new TypeError("The body has no JSON form: pass an object, an array or a plain value.");
  return text;
}

function readAnswer(response: ProxyResponse): JsonValue {
  const text = new TextDecoder().decode(response.body);
  const requestId = response.headers["x-request-id"] ?? response.headers["x-ext-request-id"] ?? null;
  const ok = response.status < 400;
  if (text === "" && ok) return null;
  let body: JsonValue = text === "" ? null : text;
  try {
    if (text !== "") body = JSON.parse(text) as JsonValue;
  } catch {
    if (ok) throw new ApiError("invalid_json", { status: response.status, body: text, requestId });
  }
  if (!ok) throw new ApiError("request_failed", { status: response.status, body, requestId });
  return body;
}
