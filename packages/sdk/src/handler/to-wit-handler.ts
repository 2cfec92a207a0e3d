import { SdkError } from "../errors.ts";
import type {
  ContextData,
  ExecuteRequest,
  ExecuteResponse,
  GuestRuntime,
  Handler,
  HttpHeader,
} from "../ports.ts";
import { bindHost } from "./bind-host.ts";
import type { WitImports } from "./call-import.ts";
import { jsonResponse } from "./responses.ts";
import { fromWitRecord } from "./wit-record.ts";

/** A request as the component's export receives it: absent options are null. */
export interface ExecuteRequestWire {
  readonly context: { readonly tenantId: string; readonly extensionId: string };
  readonly http: {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly { readonly name: string; readonly value: string }[];
    readonly body?: Uint8Array | null;
  };
}

/** A response as the component's export must answer it. */
export interface ExecuteResponseWire {
  readonly status: number;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: Uint8Array | null;
}

/**
 * The component's `handler` export around an extension's handler: one synchronous call, whatever the handler awaits.
 *
 * Nothing the handler throws leaves it: an `SdkError` answers its status with `{error: code}`, anything else is
 * logged with its stack and answers 500 `{error: "handler_failed"}`.
 */
export function toWitHandler(
  handler: Handler,
  imports: WitImports,
  runtime: GuestRuntime,
): (request: ExecuteRequestWire) => ExecuteResponseWire {
  if (typeof handler !== "function") {
    throw new TypeError("The handler module must export a function: as `default`, or named `handler`.");
  }
  const host = bindHost(imports);
  return (wire) => {
    runtime.beginCall();
    try {
      return toWire(runtime.settle(handler(toRequest(wire), host)));
    } catch (error) {
      const { response, log } = toErrorResponse(error);
      if (log !== null) imports.logging?.["logError"]?.(...([log.toWellFormed()] as never[]));
      return toWire(response);
    }
  };
}

function toRequest({ context, http }: ExecuteRequestWire): ExecuteRequest {
  const { method, url, headers, body } = http;
  return {
    context: fromWitRecord(context as ContextData),
    http: body === null || body === undefined ? { method, url, headers } : { method, url, headers, body },
  };
}

function toErrorResponse(error: unknown): { response: ExecuteResponse; log: string | null } {
  if (error instanceof SdkError) {
    const log = error.status >= 500 ? `${error.code}: ${error.message}` : null;
    return { response: jsonResponse({ error: error.code }, { status: error.status }), log };
  }
  const text = error instanceof Error ? `${String(error)}\n${error.stack ?? ""}`.trimEnd() : String(error);
  return {
    response: jsonResponse({ error: "handler_failed" }, { status: 500 }),
    log: `The handler threw ${text}`,
  };
}

function toWire(response: ExecuteResponse): ExecuteResponseWire {
  if (typeof response !== "object" || response === null) {
    throw new SdkError("invalid_response", "The handler answered no response object.");
  }
  const { status, headers = [], body = null } = response;
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    throw new SdkError("invalid_response", `The handler answered status ${String(status)}, not 100 to 599.`);
  }
  if (body !== null && !(body instanceof Uint8Array)) {
    throw new SdkError("invalid_response", "The handler answered a body that is not a Uint8Array.");
  }
  if (!Array.isArray(headers)) {
    throw new SdkError("invalid_response", "The handler answered headers that are not a list.");
  }
  return { status, headers: headers.map(toWitHeader), body };
}

function toWitHeader(header: Partial<HttpHeader> | null | undefined): HttpHeader {
  const name = header?.name;
  const value = header?.value;
  if (typeof name === "string" && typeof value === "string")
    return { name: name.toWellFormed(), value: value.toWellFormed() };
  throw new SdkError("invalid_response", "The handler answered headers that are not {name, value} pairs.");
}
