import type { ServiceTokens } from "../auth/service-tokens.ts";
import type { UiProxy } from "../ports.ts";
import { activeTraceHeaders } from "../tracing/call-tracing.ts";

/** Options of {@link createHttpUiProxy}. */
export interface HttpUiProxyOptions {
  /** The host application; routes are appended to it. */
  readonly baseUrl: string;
  readonly tokens: ServiceTokens;
  /** Sent as `x-runner-auth`, for hosts that check who may present tokens at all. */
  readonly authKey?: string;
  /** @default 5000 */
  readonly timeoutMs?: number;
  /** Largest answer. @default 4 MiB */
  readonly maxBytes?: number;
  /** @default the global one */
  readonly fetch?: typeof fetch;
}

/**
 * Call routes of the host application with `authorization: Bearer <service token>`.
 *
 * User, tenant and install are believed only from the token; the headers beside it are for logs. No secret of the
 * extension goes along, and redirects are answers.
 *
 * @throws {TypeError} when the base is no http(s) URL
 */
export function createHttpUiProxy(options: HttpUiProxyOptions): UiProxy {
  const base = URL.parse(options.baseUrl);
  if (base === null || !/^https?:$/.test(base.protocol) || base.search !== "" || base.hash !== "")
    throw new TypeError("The base of the UI proxy must be an http(s) URL without a query.");
  const prefix = base.pathname.replace(/\/+$/, "");
  const send = options.fetch ?? fetch;
  const { timeoutMs = 5_000, maxBytes = 4 * 1024 * 1024 } = options;
  return {
    async call(scope, { method, path, body, user }, { signal }) {
      const url = new URL(`${base.origin}${prefix}${path}`);
      // The broker has checked the path; that the parser left it alone is checked here.
      const isSame = url.origin === base.origin && `${url.pathname}${url.search}` === `${prefix}${path}`;
      if (!isSame || !path.startsWith("/")) throw new TypeError("The route is not what it looks like.");
      const token = await options.tokens.mint(scope, { method, path: `${prefix}${path}`, body, user });
      const response = await send(url, {
        method,
        redirect: "manual",
        headers: {
          authorization: `Bearer ${token}`,
          accept: "application/json",
          "x-request-id": scope.requestId ?? "ui-proxy-call",
          "x-alga-tenant": scope.tenantId,
          ...activeTraceHeaders(),
          "x-alga-extension": scope.extensionId,
          ...(scope.installId === "" ? {} : { "x-ext-install-id": scope.installId }),
          ...(scope.versionId === null ? {} : { "x-ext-version-id": scope.versionId }),
          ...(options.authKey === undefined ? {} : { "x-runner-auth": options.authKey }),
          ...(body === null ? {} : { "content-type": "application/json" }),
        },
        ...(body === null ? {} : { body: Buffer.from(body) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      return { status: response.status, body: await readUpTo(response, maxBytes) };
    },
  };
}

async function readUpTo(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new RangeError(`The host's answer is larger than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
