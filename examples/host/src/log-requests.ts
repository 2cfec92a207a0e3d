/** One line per request on stderr; without its query, which may hold what a log should not. */
export function logRequests(
  handle: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname } = new URL(request.url);
    const started = performance.now();
    let status = 500;
    try {
      const response = await handle(request);
      ({ status } = response);
      return response;
    } finally {
      const ms = (performance.now() - started).toFixed(0);
      process.stderr.write(`${request.method} ${pathname} ${status} ${ms} ms\n`);
    }
  };
}
