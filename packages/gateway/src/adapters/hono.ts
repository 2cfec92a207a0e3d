/** What the adapter uses of a Hono context. */
export interface HonoContext {
  readonly req: { readonly raw: Request; arrayBuffer(): Promise<ArrayBuffer> };
}

/** A Hono middleware, in as many words as it needs. */
export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<Response | void>;

/**
 * Serve a gateway from Hono, on any of its runtimes; what is none of its paths goes on to `next`.
 *
 * A body that another middleware has read is taken from where Hono keeps it.
 *
 * @example
 * app.use(toHonoMiddleware(gateway));
 */
export function toHonoMiddleware(gateway: {
  readonly fetch: (request: Request) => Response | null | Promise<Response | null>;
}): HonoMiddleware {
  return async ({ req }, next) => {
    const request = req.raw.bodyUsed ? again(req.raw, await req.arrayBuffer()) : req.raw;
    const response = await gateway.fetch(request);
    if (response !== null) return response;
    await next();
  };
}

function again({ url, method, headers, signal }: Request, body: ArrayBuffer): Request {
  const retold = new Headers(headers);
  // Hono may have written it out once more.
  for (const name of ["content-length", "content-encoding"]) retold.delete(name);
  return new Request(url, { method, headers: retold, signal, body });
}
