import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  CALL_TOKEN_HEADER,
  CodedError,
  STORAGE_STATUS,
  type HostApi,
  type StorageErrorCode,
} from "@alga-ext/protocol";
import { createCallAuthority } from "./call-authority.ts";
import type { CallAuthority } from "./ports.ts";
import { generateCallKeys } from "./testing/call-keys.ts";
import { createTestGateway, type TestGateway } from "./testing/create-test-gateway.ts";
import { anInstall, createFakeInstalls } from "./testing/tenants.ts";

const runnerAuthToken = "runner-token-of-this-test";
const own = anInstall();
const sibling = anInstall({
  installId: "55555555-5555-4555-8555-555555555555",
  registryId: "66666666-6666-4666-8666-666666666666",
  slug: "acme-labs.other",
});
const foreign = anInstall({
  tenantId: "globex",
  installId: "99999999-9999-4999-8999-999999999999",
  providers: ["cap:log.emit"],
});

let calls: CallAuthority;
let storage: HostApi["storage"];
let asked: Parameters<HostApi["storage"]>[];
let gateway: TestGateway;

beforeAll(async () => {
  const keys = await generateCallKeys();
  calls = await createCallAuthority({
    issuer: "gateway-1",
    privateKeyPem: keys.gatewayPrivatePem,
    runnerPublicKeyPem: keys.runnerPublicPem,
  });
});

beforeEach(() => {
  asked = [];
  storage = async () => ({ success: true });
  gateway = createTestGateway({
    calls,
    runnerAuthToken,
    installs: createFakeInstalls([own, sibling, foreign]),
    hostApi: {
      storage: (...args) => {
        asked.push(args);
        return storage(...args);
      },
    },
  });
});

async function tokenFor(install: typeof own): Promise<string> {
  const { kid } = await calls.handshake();
  return calls.token(
    {
      sub: install.installId,
      tenant: install.tenantId,
      ext: install.registryId,
      hash: install.contentHash,
      method: "GET",
      path: "/",
      bh: "x",
      timeoutMs: 1000,
    },
    { kid },
  );
}

async function post(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<[number, unknown]> {
  const response = await gateway.call(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-runner-auth": runnerAuthToken, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  expect(response.headers.get("cache-control")).toBe("no-store");
  return [response.status, await response.json()];
}

describe("/api/internal/ext-storage/install/{installId}", () => {
  const path = `/api/internal/ext-storage/install/${own.installId}`;
  const get = { operation: "get", namespace: "n", key: "k" };
  const authorized = async () => ({ [CALL_TOKEN_HEADER]: await tokenFor(own) });

  test("does what the call's own install may, whatever the body claims", async () => {
    const body = { ...get, tenantId: "globex", installId: foreign.installId };
    expect(await post(path, body, await authorized())).toEqual([200, { success: true }]);
    expect(asked[0]?.[0]).toEqual({ tenantId: "acme", installId: own.installId });
  });

  test("needs both the runner's token and the call's", async () => {
    const headers = await authorized();
    const refused = [401, expect.objectContaining({ code: "UNAUTHORIZED" })];
    expect(await post(path, get)).toEqual(refused);
    expect(await post(path, get, { ...headers, "x-runner-auth": "wrong-token-of-this-test" })).toEqual(
      refused,
    );
    expect(await post(path, get, { ...headers, "x-runner-auth": "" })).toEqual(refused);
    expect(await post(path, get, { ...headers, "x-runner-auth": `${runnerAuthToken}x` })).toEqual(refused);
    expect(await post(path, get, { [CALL_TOKEN_HEADER]: "a.b.c" })).toEqual(refused);
    expect(asked).toEqual([]);
  });

  test.each([{ cookie: "session=1" }, { "x-alga-tenant": "globex" }, { "x-tenant-id": "globex" }])(
    "with %j besides, it is nobody's call",
    async (besides) => {
      const headers = { ...(await authorized()), ...besides };
      expect(await post(path, get, headers)).toMatchObject([401, { code: "UNAUTHORIZED" }]);
      expect(asked).toEqual([]);
    },
  );

  test("a grant that is taken back counts at once, with revisions and without", async () => {
    for (const revision of [undefined, "1"]) {
      let install = { ...own, ...(revision === undefined ? {} : { revision }) };
      const resolver = createFakeInstalls();
      resolver.resolve = async () => install;
      if (revision !== undefined) resolver.revision = async () => install.revision ?? null;
      gateway = createTestGateway({
        calls,
        runnerAuthToken,
        installs: resolver,
        hostApi: { storage: async () => ({ success: true }) },
      });
      expect(await post(path, get, await authorized())).toEqual([200, { success: true }]);
      install = { ...install, providers: [], ...(revision === undefined ? {} : { revision: "2" }) };
      expect(await post(path, get, await authorized())).toMatchObject([403, { code: "NAMESPACE_DENIED" }]);
    }
  });

  test.each([
    ["the same tenant's", sibling],
    ["another tenant's", foreign],
  ])("a call of %s install is nothing here", async (_name, install) => {
    const headers = { [CALL_TOKEN_HEADER]: await tokenFor(install) };
    expect(await post(path, get, headers)).toMatchObject([401, { code: "UNAUTHORIZED" }]);
    expect(asked).toEqual([]);
  });

  test("an install that is gone or disabled since has no storage", async () => {
    const gone = anInstall({ installId: "00000000-0000-4000-8000-000000000000" });
    const headers = { [CALL_TOKEN_HEADER]: await tokenFor(gone) };
    const answer = await post(`/api/internal/ext-storage/install/${gone.installId}`, get, headers);
    expect(answer).toMatchObject([401, { code: "UNAUTHORIZED" }]);
  });

  test("the capability is needed", async () => {
    const headers = { [CALL_TOKEN_HEADER]: await tokenFor(foreign) };
    const answer = await post(`/api/internal/ext-storage/install/${foreign.installId}`, get, headers);
    expect(answer).toMatchObject([403, { code: "NAMESPACE_DENIED" }]);
    expect(asked).toEqual([]);
  });

  test.each(["{", "null", "[]", '"x"', "{}", { operation: "drop", namespace: "n" }])(
    "%j is no operation",
    async (body) => {
      expect(await post(path, body, await authorized())).toMatchObject([400, { code: "VALIDATION_FAILED" }]);
      expect(asked).toEqual([]);
    },
  );

  test("a body over the cap is refused", async () => {
    const value = "x".repeat(2 * 1024 * 1024);
    const answer = await post(path, { ...get, operation: "put", value }, await authorized());
    expect(answer).toMatchObject([400, { code: "LIMIT_EXCEEDED" }]);
  });

  test.each(Object.entries(STORAGE_STATUS))("%s of the store is HTTP %i", async (code, status) => {
    storage = () => Promise.reject(new CodedError(code, status, "Why.", { details: { value: 1 } }));
    const answer = await post(path, get, await authorized());
    expect(answer).toEqual([
      status,
      { error: "Why.", code: code as StorageErrorCode, details: { value: 1 } },
    ]);
  });

  test("any other failure says nothing about itself", async () => {
    storage = () => Promise.reject(new Error("relation does not exist"));
    const [status, body] = await post(path, get, await authorized());
    expect(status).toBe(500);
    expect(body).toEqual({ error: "The storage failed.", code: "INTERNAL_ERROR" });
  });

  test("only POST", async () => {
    const response = await gateway.call(path, { headers: await authorized() });
    expect(response.status).toBe(405);
  });
});

describe("/api/internal/ext-runner/install-config", () => {
  const path = "/api/internal/ext-runner/install-config";
  const query = { tenantId: "acme", extensionId: own.slug };

  test("answers the install as the contract has it", async () => {
    expect(await post(path, query)).toEqual([
      200,
      {
        tenantId: "acme",
        extensionSlug: own.slug,
        installId: own.installId,
        versionId: own.versionId,
        registryId: own.registryId,
        contentHash: own.contentHash,
        config: {},
        providers: own.providers,
        configVersion: "1",
        secretsVersion: null,
        secretEnvelope: null,
        updatedAt: null,
      },
    ]);
  });

  test("a call token, when sent, must be the tenant's", async () => {
    expect(await post(path, query, { [CALL_TOKEN_HEADER]: await tokenFor(own) })).toMatchObject([200, {}]);
    const foreignCall = { [CALL_TOKEN_HEADER]: await tokenFor(foreign) };
    expect(await post(path, query, foreignCall)).toMatchObject([401, { error: "unauthorized" }]);
    expect(await post(path, query, { [CALL_TOKEN_HEADER]: "x" })).toMatchObject([
      401,
      { error: "call_token_invalid" },
    ]);
  });

  test.each([
    ["a wrong token", query, { "x-runner-auth": "wrong-token-of-this-test" }, 401, "unauthorized"],
    ["no JSON", "{", {}, 400, "invalid_request"],
    ["null", "null", {}, 400, "invalid_request"],
    ["no tenant", { extensionId: own.slug }, {}, 400, "invalid_request"],
    ["an empty id", { tenantId: "acme", extensionId: "" }, {}, 400, "invalid_request"],
    ["an unknown install", { tenantId: "acme", extensionId: "no.such" }, {}, 404, "install_not_found"],
    ["another tenant's", { tenantId: "initech", extensionId: own.installId }, {}, 404, "install_not_found"],
  ])("%s is refused", async (_name, body, headers, status, error) => {
    expect(await post(path, body, headers)).toMatchObject([status, { error }]);
  });

  test("only POST", async () => {
    expect((await gateway.call(path)).status).toBe(405);
  });
});

describe("/ext-ui", () => {
  const path = `/ext-ui/${own.registryId}/${own.contentHash}/index.html?tenant=acme`;

  test("is 404 without a runner to point at", async () => {
    const response = await gateway.call(path);
    expect(response.status).toBe(404);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  test("sends the browser to the runner with path and query", async () => {
    const pointing = createTestGateway({ runnerPublicBase: "http://127.0.0.1:3001/" });
    const response = await pointing.call(path);
    expect(response.status).toBe(308);
    expect(response.headers.get("location")).toBe(`http://127.0.0.1:3001${path}`);
    const other = await pointing.call("/ext-ui//evil.example/%2e%2e/x");
    expect(new URL(other.headers.get("location")!).origin).toBe("http://127.0.0.1:3001");
    expect((await pointing.call(path, { method: "POST" })).status).toBe(405);
  });
});

describe("createGateway", () => {
  test.each([
    "/",
    "/api/extensions/catalog",
    "/api/ext",
    "/api/ext-bundles/finalize",
    "/api/internal/ext-other/x",
    "/ext-uix",
  ])("leaves %s to others", async (path) => {
    expect(await gateway.fetch(new Request(`https://host.example${path}`))).toBeNull();
  });

  test.each(["", "short", "local-runner-key", "changeme"])("refuses the runner token %j", (token) => {
    expect(() => createTestGateway({ runnerAuthToken: token })).toThrow(TypeError);
  });

  test.each(["*", "null", "host.example", "file:///etc", "data:text/html,x"])(
    "refuses the origin %j",
    (origin) => {
      expect(() => createTestGateway({ allowedOrigins: [origin] })).toThrow(TypeError);
    },
  );
});
