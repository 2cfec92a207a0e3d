import { isClientPath } from "./route.ts";

/** Methods a proxied call may use. */
export const PROXY_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** Method of a proxied call. */
export type ProxyHttpMethod = (typeof PROXY_METHODS)[number];

/** The shape of every bridge message, on the window and on the port. */
export interface Envelope<Type extends string = string, Payload = unknown> {
  readonly alga: true;
  readonly version: "1";
  readonly type: Type;
  /** Pairs an `apiproxy` with its answer. */
  readonly request_id?: string;
  readonly payload: Payload;
}

/** First message of the host on the port. There is no session in it: no token ever enters a frame. */
export interface BootstrapPayload {
  readonly theme_tokens: { readonly [name: string]: string };
  readonly navigation: { readonly path: string };
}

/** A call the frame asks the host to make for it. */
export interface ApiProxyPayload {
  readonly route: string;
  /** Upper case. @default "POST" */
  readonly method?: ProxyHttpMethod;
  /** Only `content-type`, `accept` and `x-request-id` are passed on. */
  readonly headers?: { readonly [name: string]: string };
  /** Transferred, not copied; at most 10 MiB. */
  readonly body?: ArrayBuffer;
}

/** What came of an {@link ApiProxyPayload}: the HTTP answer, or a bridge code. */
export type ApiProxyResponsePayload =
  | {
      readonly status: number;
      readonly headers: { readonly [name: string]: string };
      readonly body?: ArrayBuffer;
    }
  | { readonly error: string; readonly message?: string };

/** Every message a frame sends; `hello` goes over the window, the rest over the port. */
export type ClientToHostMessage =
  | Envelope<"hello", { readonly nonce: string; readonly loading?: boolean }>
  | Envelope<"ready", { readonly nonce: string }>
  | Envelope<"resize", { readonly height: number }>
  | Envelope<"navigate", { readonly path: string; readonly replace?: boolean }>
  | (Envelope<"apiproxy", ApiProxyPayload> & { readonly request_id: string })
  | (Envelope<"apiproxy_cancel", object> & { readonly request_id: string })
  | Envelope<"close", { readonly reason?: string }>;

/** Every message a host sends; `port` goes over the window and carries one MessagePort, the rest over that port. */
export type HostToClientMessage =
  | Envelope<"port", object>
  | Envelope<"bootstrap", BootstrapPayload>
  | Envelope<"theme_tokens", { readonly theme_tokens: { readonly [name: string]: string } }>
  | Envelope<"theme", { readonly [name: string]: string }>
  | Envelope<"navigation", { readonly path: string }>
  | (Envelope<"apiproxy_response", ApiProxyResponsePayload> & { readonly request_id: string })
  | Envelope<"close", object>;

const NONCE = /^[A-Za-z0-9_-]{16,128}$/;
const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Build a message. */
export function toEnvelope<Type extends string, Payload>(
  type: Type,
  payload: Payload,
): Envelope<Type, Payload>;
export function toEnvelope<Type extends string, Payload>(
  type: Type,
  payload: Payload,
  requestId: string,
): Envelope<Type, Payload> & { readonly request_id: string };
export function toEnvelope<Type extends string, Payload>(
  type: Type,
  payload: Payload,
  requestId?: string,
): Envelope<Type, Payload> {
  return {
    alga: true,
    version: "1",
    type,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    payload,
  };
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function own(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isStringMap(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((entry) => typeof entry === "string");
}

/** Whether a value is an envelope of this version, of any type. */
export function isEnvelope(value: unknown): value is Envelope {
  return (
    own(value, "alga") === true &&
    own(value, "version") === "1" &&
    typeof own(value, "type") === "string" &&
    own(value, "payload") !== undefined &&
    (own(value, "request_id") === undefined || typeof own(value, "request_id") === "string")
  );
}

type Check = (payload: unknown, requestId: unknown) => boolean;

const hasRequestId: Check = (_payload, requestId) =>
  typeof requestId === "string" && REQUEST_ID.test(requestId);
const hasNonce: Check = (payload) => {
  const nonce = own(payload, "nonce");
  return typeof nonce === "string" && NONCE.test(nonce);
};
const isOptional = (value: unknown, test: (value: unknown) => boolean): boolean =>
  value === undefined || test(value);
const isBoolean = (value: unknown): boolean => typeof value === "boolean";
const isString = (value: unknown): boolean => typeof value === "string";
const isBuffer = (value: unknown): boolean =>
  Object.prototype.toString.call(value) === "[object ArrayBuffer]";
const isMethod = (value: unknown): boolean => PROXY_METHODS.some((method) => method === value);

const FROM_CLIENT = new Map<string, Check>([
  ["hello", (payload) => hasNonce(payload, undefined) && isOptional(own(payload, "loading"), isBoolean)],
  ["ready", hasNonce],
  ["resize", (payload) => Number.isFinite(own(payload, "height"))],
  [
    "navigate",
    (payload) => isClientPath(own(payload, "path")) && isOptional(own(payload, "replace"), isBoolean),
  ],
  [
    "apiproxy",
    (payload, requestId) =>
      hasRequestId(payload, requestId) &&
      typeof own(payload, "route") === "string" &&
      isOptional(own(payload, "method"), isMethod) &&
      isOptional(own(payload, "headers"), isStringMap) &&
      isOptional(own(payload, "body"), isBuffer),
  ],
  ["apiproxy_cancel", hasRequestId],
  ["close", (payload) => isRecord(payload) && isOptional(own(payload, "reason"), isString)],
]);

const FROM_HOST = new Map<string, Check>([
  ["port", isRecord],
  [
    "bootstrap",
    (payload) =>
      isStringMap(own(payload, "theme_tokens")) && isClientPath(own(own(payload, "navigation"), "path")),
  ],
  ["theme_tokens", (payload) => isStringMap(own(payload, "theme_tokens"))],
  ["theme", isStringMap],
  ["navigation", (payload) => isClientPath(own(payload, "path"))],
  [
    "apiproxy_response",
    (payload, requestId) =>
      hasRequestId(payload, requestId) &&
      (typeof own(payload, "error") === "string" ||
        (Number.isInteger(own(payload, "status")) &&
          isStringMap(own(payload, "headers")) &&
          isOptional(own(payload, "body"), isBuffer))),
  ],
  ["close", isRecord],
]);

/** Whether a type is one a frame may send; unknown types are ignored and counted. */
export function isClientType(type: string): boolean {
  return FROM_CLIENT.has(type);
}

/** Whether a value is a well-formed message from a frame. */
export function isClientToHost(value: unknown): value is ClientToHostMessage {
  return isEnvelope(value) && FROM_CLIENT.get(value.type)?.(value.payload, value.request_id) === true;
}

/** Whether a value is a well-formed message from a host. */
export function isHostToClient(value: unknown): value is HostToClientMessage {
  return isEnvelope(value) && FROM_HOST.get(value.type)?.(value.payload, value.request_id) === true;
}
