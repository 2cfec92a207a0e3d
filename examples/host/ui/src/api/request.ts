/** A request the server refused, with its status and code. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** What the server says beyond its message, such as which fields are wrong. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** Fired on the window when a request was refused because nobody is logged in any more. */
export const SIGNED_OUT_EVENT = "acme:signed-out";

interface ErrorBody {
  readonly error?: string;
  readonly code?: string;
  readonly message?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly fieldErrors?: unknown;
}

/**
 * Ask the host for something.
 *
 * @throws {ApiError} with the server's code, `unreachable` without an answer.
 */
export async function request<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(path, {
    method,
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new ApiError(0, "unreachable", `Acme PSA cannot be reached right now. (${String(cause)})`);
  });
  const text = await response.text();
  const json: unknown = text === "" ? null : tryParse(text);
  if (response.ok) return json as Answer;
  if (response.status === 401 && path !== "/login") dispatchEvent(new Event(SIGNED_OUT_EVENT));
  const { error, code, message, details, fieldErrors } = (json ?? {}) as ErrorBody;
  throw new ApiError(
    response.status,
    code ?? error ?? "unknown",
    message ?? `The server answered ${response.status}.`,
    { ...details, ...(fieldErrors === undefined ? {} : { fieldErrors }) },
  );
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A query string of what is given; empty text counts as not given. */
export function toQuery(values: Readonly<Record<string, string | number | null | undefined>>): string {
  const given = Object.entries(values).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}

/** Path of one extension in the management API. */
export function extensionPath(extension: string): string {
  return `/api/extensions/${encodeURIComponent(extension)}`;
}

/** What to show people when something failed. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong.";
}
