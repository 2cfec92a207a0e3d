import type { ExecuteResponse, Principal } from "@alga-ext/protocol";
import { createGateway, type Gateway } from "../create-gateway.ts";
import { GatewayError } from "../errors.ts";
import type { GatewayOptions } from "../options.ts";
import type { RunnerCall } from "../ports.ts";
import { createFakeInvoker } from "./fake-invoker.ts";
import { createMemoryAudit, type MemoryAudit } from "./memory-audit.ts";
import { anInstall, aPrincipal, createFakeInstalls } from "./tenants.ts";

/** The gateway that `CONTRACT_ROWS` are written for, and what reached its runner and its log. */
export interface ContractHost extends Gateway {
  readonly calls: readonly RunnerCall[];
  readonly audit: MemoryAudit;
}

/** Origin that browsers may call the host of the rows from. */
export const CONTRACT_PARTNER = "https://partner.example";
/** Largest body the host of the rows takes, in bytes. */
export const CONTRACT_BODY_BYTES = 64 * 1024;
/** Token of the runner at the host of the rows. */
export const CONTRACT_RUNNER_TOKEN = "runner-token-of-the-contract-rows";

/** Who a session is, by the value of the cookie `session`. */
const SESSIONS: Readonly<Record<string, () => Principal>> = {
  ada: () => aPrincipal(),
  reader: () => aPrincipal({ permissions: ["extension:read"] }),
  writer: () => aPrincipal({ permissions: ["extension:write"] }),
  manager: () => aPrincipal({ permissions: ["extension:manage"] }),
  client: () => aPrincipal({ userType: "client", clientId: "client-7", permissions: [] }),
  stranger: () => aPrincipal({ userType: "client", permissions: [] }),
  foreign: () => aPrincipal({ tenantId: "globex" }),
  homeless: () => aPrincipal({ tenantId: "" }),
  nameless: () => aPrincipal({ userId: "" }),
  stale: () => {
    throw new GatewayError("invalid_session", "The session has ended.");
  },
  down: () => {
    throw new Error("The session store is down.");
  },
};

const handler = "dist/main";
const ENDPOINTS = [
  { method: "GET", path: "/", handler },
  ...["GET", "POST", "PUT", "PATCH", "DELETE"].map((method) => ({ method, path: "/echo", handler })),
  { method: "GET", path: "/things/new", handler },
  { method: "GET", path: "/things/:id", handler },
  { method: "GET", path: "/status/:status", handler },
  { method: "GET", path: "/fails/:code", handler },
  { method: "GET", path: "/throws/:code", handler },
  { method: "GET", path: "/headers", handler },
  { method: "GET", path: "/private", handler },
  { method: "GET", path: "/bytes", handler },
];

/** Installs of tenant `acme`, by the second half of their slug `rows.…`. */
const INSTALLS = ["full", "portal", "limited", "limiterdown", "auditdown", "quota", "lost"].map(
  (name, index) =>
    anInstall({
      installId: `11111111-1111-4111-8111-11111111110${index}`,
      registryId: `22222222-2222-4222-8222-22222222220${index}`,
      slug: `rows.${name}`,
      endpoints: ENDPOINTS,
      clientPortal: name === "portal",
    }),
);
const registryIdOf = (name: string): string =>
  INSTALLS.find(({ slug }) => slug === `rows.${name}`)?.registryId ?? "";

/**
 * Create the host that the rows of the contract are written for: sessions by cookie, installs by slug, guest answers by
 * path, so that every row is one request to one and the same host.
 */
export function createContractHost(overrides: Partial<GatewayOptions> = {}): ContractHost {
  const invoker = createFakeInvoker(({ request }) => answer(request.http.path));
  const audit = createMemoryAudit();
  const installs = createFakeInstalls(INSTALLS);
  const noCalls = (): Promise<never> =>
    Promise.reject(new GatewayError("call_token_invalid", "This host makes no tokens."));
  const gateway = createGateway({
    async authenticate(request) {
      const [, name = ""] = /(?:^|;\s*)session=([a-z]+)/.exec(request.headers.get("cookie") ?? "") ?? [];
      return SESSIONS[name]?.() ?? null;
    },
    installs: {
      async resolve(query) {
        if (query.extensionId === "rows.lost") throw new Error("The registry is down.");
        return installs.resolve(query);
      },
    },
    calls: { handshake: noCalls, token: noCalls, verify: noCalls },
    hostApi: { storage: () => Promise.reject(new TypeError("This host has no storage.")) },
    runnerAuthToken: CONTRACT_RUNNER_TOKEN,
    allowedOrigins: [CONTRACT_PARTNER],
    maxBodyBytes: CONTRACT_BODY_BYTES,
    rateLimiter: {
      async take({ registryId }) {
        if (registryId === registryIdOf("limiterdown")) throw new Error("The limiter is down.");
        return registryId === registryIdOf("limited")
          ? { allowed: false, retryAfterMs: 1200 }
          : { allowed: true };
      },
    },
    quota: {
      async take({ tenantId, registryId }) {
        if (registryId === registryIdOf("quota"))
          return { allowed: false, limit: "invocations", value: 10, retryAfterMs: 90_000 };
        const lease = {
          id: "l1",
          tenantId,
          registryId,
          windowStart: "2027-01-15T08:00:00.000Z",
          reserve: {},
        };
        return { allowed: true, lease };
      },
      release: async () => undefined,
    },
    ...overrides,
    invoker: overrides.invoker ?? invoker,
    audit: {
      async started(row) {
        if (row.registryId === registryIdOf("auditdown")) throw new Error("The log is down.");
        return audit.started(row);
      },
      finished: audit.finished,
    },
  });
  return { ...gateway, calls: invoker.calls, audit };
}

const JSON_TYPE = { "content-type": "application/json" };

/** What the guest of the rows answers: told by its path, because that is all of a request that surely reaches it. */
function answer(path: string): Partial<ExecuteResponse> {
  const [, name = "", value = ""] = path.split("/");
  switch (name) {
    case "status":
      return { status: Number(value) };
    case "fails":
      return { status: 599, headers: {}, body_b64: null, error: `${value}: 10.0.0.7 said no` };
    case "throws":
      throw value === "plain" ? new Error("ECONNRESET 10.0.0.7") : toThrown(value);
    case "headers":
      return {
        headers: {
          "Content-Type": "text/html; charset=utf-8",
          "cache-control": "public, max-age=31536000, immutable",
          etag: '"v1"',
          "x-ext-request-id": "guest-1",
          "x-ext-warning": "old",
          "set-cookie": "session=stolen",
          "clear-site-data": '"*"',
          "content-security-policy": "default-src *",
          "access-control-allow-origin": "*",
          location: "https://evil.example/",
          "x-frame-options": "ALLOWALL",
          "x-anything": "else",
        },
      };
    case "private":
      return { headers: { ...JSON_TYPE, "cache-control": "private, max-age=60" } };
    case "bytes":
      return { headers: { "content-type": "application/octet-stream" }, body_b64: "AP+AfwoN" };
    default:
      return {};
  }
}

function toThrown(code: string): GatewayError {
  if (code === "runner_unreachable" || code === "runner_crashed" || code === "bad_gateway")
    return new GatewayError(code, "The runner could not be asked.");
  throw new TypeError(`No row throws ${code}.`);
}
