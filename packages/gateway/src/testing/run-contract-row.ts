import type { ContractHost } from "./contract-host.ts";
import type { ContractRow } from "./contract-rows.ts";

/** How a row reaches its host. */
export interface ContractRun {
  /** The host that `send` leads to; rows of one host run one after the other. */
  readonly host: Pick<ContractHost, "calls">;
  /** Carry a request to the host, however it is mounted; redirects are not followed. */
  readonly send: (request: Request) => Promise<Response>;
  /** Origin the requests are made for. @default https://host.example */
  readonly origin?: string;
}

/**
 * Send the request of one row and compare what came of it. Needs no test framework.
 *
 * @throws {Error} that says what was expected and what came, with every difference.
 */
export async function runContractRow(row: ContractRow, run: ContractRun): Promise<void> {
  const { origin = "https://host.example" } = run;
  const { method, path, headers, body } = row.request;
  const before = run.host.calls.length;
  const response = await run.send(
    new Request(`${origin}${path}`, {
      method,
      headers: withRandom(headers),
      redirect: "manual",
      ...(body === undefined ? {} : { body }),
    }),
  );
  const bytes = new Uint8Array(await response.arrayBuffer());
  const wrong = [...compareAnswer(row, response, bytes), ...compareRunner(row, run.host.calls.slice(before))];
  if (wrong.length > 0) throw new Error(`${row.name}:\n${wrong.join("\n")}`);
}

function withRandom(headers: ContractRow["request"]["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace("{random}", crypto.randomUUID())]),
  );
}

function* compareAnswer(row: ContractRow, response: Response, bytes: Uint8Array): Iterable<string> {
  const text = new TextDecoder().decode(bytes);
  yield* differs("status", response.status, row.status);
  yield* compareHeaders("answer", row.headers ?? {}, (name) => response.headers.get(name));
  if (row.error !== undefined) {
    const { error, requestId, message } = toFields(text);
    yield* differs("error", error, row.error);
    yield* differs("requestId", requestId, response.headers.get("x-request-id"));
    if (typeof message !== "string" || message.includes("10.0.0.7"))
      yield `message: ${JSON.stringify(message)}`;
  }
  if (typeof row.body === "string") yield* differs("body", text, row.body);
  else if (row.body !== undefined) yield* differs("body", bytes.join(), row.body.join());
}

function* compareRunner(row: ContractRow, calls: ContractHost["calls"]): Iterable<string> {
  yield* differs("calls of the runner", calls.length, row.runner === null ? 0 : (row.runner.times ?? 1));
  const [call] = calls;
  const { runner } = row;
  if (runner === null || call === undefined) return;
  const { http, user } = call.request;
  if (runner.method !== undefined) yield* differs("guest's method", http.method, runner.method);
  if (runner.path !== undefined) yield* differs("guest's path", http.path, runner.path);
  if (runner.query !== undefined)
    yield* differs("guest's query", JSON.stringify(http.query), JSON.stringify(runner.query));
  yield* compareHeaders("guest", runner.headers ?? {}, (name) => http.headers?.[name] ?? null);
  if (runner.body !== undefined) yield* differs("guest's body", decode(http.body_b64), runner.body);
  if (runner.idempotencyKey !== undefined) {
    yield* compareHeaders("runner", { "x-idempotency-key": runner.idempotencyKey }, () =>
      call.idempotencyKey === undefined ? null : call.idempotencyKey,
    );
  }
  if (runner.clientId !== undefined) yield* differs("client", user?.client_id ?? null, runner.clientId);
}

function* compareHeaders(
  whose: string,
  expected: NonNullable<ContractRow["headers"]>,
  actualOf: (name: string) => string | null,
): Iterable<string> {
  for (const [name, wanted] of Object.entries(expected)) {
    const actual = actualOf(name);
    const isRight = wanted instanceof RegExp ? actual !== null && wanted.test(actual) : actual === wanted;
    if (!isRight) yield `${whose} ${name}: expected ${String(wanted)}, got ${String(actual)}`;
  }
}

function* differs(what: string, actual: unknown, expected: unknown): Iterable<string> {
  if (!Object.is(actual, expected)) yield `${what}: expected ${String(expected)}, got ${String(actual)}`;
}

function toFields(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function decode(bodyB64: string | undefined): string | null {
  if (bodyB64 === undefined) return null;
  return new TextDecoder().decode(Uint8Array.from(atob(bodyB64), (character) => character.charCodeAt(0)));
}
