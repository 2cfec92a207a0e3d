import type { CatalogEntry, ExecutionLogEntry, Grants, InstallSummary } from "@alga-ext/protocol";

/** Who is logged in. */
export interface SessionUser {
  readonly name: string;
  readonly email: string;
  readonly role: "admin" | "member";
  readonly tenantId: string;
  readonly tenantName: string;
}

/** Answer of `GET /api/session` to somebody who is logged in; else `user` is null. */
export interface Session {
  readonly user: SessionUser;
  /** Origin that serves extension UIs. */
  readonly runnerPublicBase: string;
}

/** A login offered on the login page. */
export interface DemoLogin {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly role: string;
  readonly tenantName: string;
}

/** A request the server refused, with its status and code. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

/** Fired on the window when a request was refused because nobody is logged in any more. */
export const SIGNED_OUT_EVENT = "acme:signed-out";

interface ErrorBody {
  readonly error?: string | { readonly code?: string; readonly message?: string };
  readonly message?: string;
}

async function request<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
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
  if (!response.ok) {
    if (response.status === 401 && path !== "/login") dispatchEvent(new Event(SIGNED_OUT_EVENT));
    const { error, message } = (json ?? {}) as ErrorBody;
    const nested = typeof error === "object" ? error : { code: error, message };
    const fallback = `The server answered ${response.status}.`;
    throw new ApiError(response.status, nested.code ?? "unknown", nested.message ?? fallback);
  }
  return json as Answer;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const id = encodeURIComponent;

/** The host's own JSON API, as the browser uses it. */
export const api = {
  /** Null when nobody is logged in. */
  session: async () => {
    const session = await request<Session | { readonly user: null }>("GET", "/api/session");
    return session.user === null ? null : session;
  },
  demoUsers: () => request<readonly DemoLogin[]>("GET", "/api/demo-users"),
  login: (email: string, password: string) => request<null>("POST", "/login", { email, password }),
  logout: () => request<null>("POST", "/logout"),
  catalog: async () =>
    (await request<{ extensions: readonly CatalogEntry[] }>("GET", "/api/extensions/catalog")).extensions,
  installs: async () =>
    (await request<{ installs: readonly InstallSummary[] }>("GET", "/api/extensions/installs")).installs,
  install: (registryId: string, version: string, grants: Grants) =>
    request("POST", "/api/v1/extensions/install", { registryId, version, grants }),
  update: (registryId: string, version: string) =>
    request("POST", "/api/v1/extensions/update", { registryId, version }),
  uninstall: (registryId: string) => request("POST", "/api/v1/extensions/uninstall", { registryId }),
  setEnabled: (registryId: string, enabled: boolean) =>
    request("POST", `/api/extensions/${id(registryId)}/enabled`, { enabled }),
  setGrants: (registryId: string, grants: Grants) =>
    request("PUT", `/api/extensions/${id(registryId)}/grants`, grants),
  setSecrets: (registryId: string, secrets: Readonly<Record<string, string | null>>) =>
    request("PUT", `/api/extensions/${id(registryId)}/secrets`, secrets),
  logs: async (registryId: string) =>
    (
      await request<{ entries: readonly ExecutionLogEntry[] }>(
        "GET",
        `/api/extensions/${id(registryId)}/logs`,
      )
    ).entries,
} as const;

/** What to show people when something failed. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong.";
}
