const TOKEN = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's `x-request-id` when it is a plain token, else a new UUID. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get("x-request-id");
  return given !== null && TOKEN.test(given) ? given : crypto.randomUUID();
}
