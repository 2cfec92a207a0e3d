import { GatewayError } from "../errors.ts";

/** Compares what a request sends as `x-runner-auth` with the token the runner was given. */
export type RunnerGuard = (request: Request) => Promise<boolean>;

const GUESSABLE = new Set(["local-runner-key", "changeme", "change-me", "secret"]);
const MIN_CHARACTERS = 16;

/**
 * Make the check of one runner token.
 *
 * @throws {TypeError} when the token is a well-known placeholder or shorter than 16 characters.
 */
export function toRunnerGuard(token: string): RunnerGuard {
  if (token.length < MIN_CHARACTERS || GUESSABLE.has(token)) {
    throw new TypeError("runnerAuthToken must be a random string of at least 16 characters.");
  }
  const expected = digestOf(token);
  return async (request) => {
    const given = request.headers.get("x-runner-auth");
    if (given === null) return false;
    const [a, b] = await Promise.all([digestOf(given), expected]);
    // Digests of one length, compared without an early way out: time tells nothing about the token.
    let difference = 0;
    for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
    return difference === 0;
  };
}

/**
 * Let only the runner through, and only when nobody is logged in as well: such a request was made by a browser.
 *
 * @throws {GatewayError} `mixed_auth`, `unauthorized`
 */
export async function assertRunner(guard: RunnerGuard, request: Request): Promise<void> {
  if (request.headers.has("x-runner-auth") && request.headers.has("cookie"))
    throw new GatewayError("mixed_auth", "A runner has no session: send x-runner-auth or cookies, not both.");
  if (!(await guard(request))) throw new GatewayError("unauthorized", "x-runner-auth is wrong.");
}

async function digestOf(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
