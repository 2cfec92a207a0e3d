import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateSigningKey } from "@alga-ext/bundle/node";
import { bundleBlobPath } from "@alga-ext/protocol";
import { generateKeys } from "../../test-support/test-runner.ts";
import { readEnvironment } from "./read-environment.ts";

const keys = generateKeys();
let directory: string;
let env: Record<string, string>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "alga-runner-env-"));
  writeFileSync(join(directory, "runner.pem"), keys.runnerPrivateKeyPem);
  writeFileSync(join(directory, "auth"), "key-in-a-file\n");
  env = {
    RUNNER_BUNDLE_DIR: directory,
    SIGNING_TRUST_BUNDLE: (await generateSigningKey()).publicKeyPem,
    GATEWAY_PUBLIC_KEY: keys.gatewayPublicKeyPem,
    RUNNER_PRIVATE_KEY_FILE: join(directory, "runner.pem"),
  };
});
afterAll(() => rmSync(directory, { recursive: true }));

async function read(overrides: Record<string, string> = {}) {
  const made = await readEnvironment({ ...env, ...overrides });
  made.trust?.close();
  return made;
}

describe("readEnvironment", () => {
  it("has defaults for everything but keys and archives", async () => {
    const { runner, listen, drainMs } = await read({ HOST: "", PORT: "", RUNNER_DRAIN_MS: "" });
    expect([listen, drainMs]).toEqual([
      {
        host: "127.0.0.1",
        port: 8080,
        uiPort: 3001,
        maxConnections: expect.any(Number),
        exitWithStdin: false,
      },
      4_000,
    ]);
    expect(runner).toMatchObject({ uiStrictValidation: true, allowUnsigned: false, allowNoWall: false });
    for (const name of ["installs", "hosts", "storage", "scheduler", "uiProxy", "providers", "egressAllowed"])
      expect(runner).not.toHaveProperty(name);
  });

  it("reaches the host application with what it is given", async () => {
    const { runner } = await read({
      REGISTRY_BASE_URL: "http://127.0.0.1:3000/api",
      ALGA_AUTH_KEY_FILE: join(directory, "auth"),
      RUNNER_SERVICE_TOKEN: "token",
      ALGA_HOST_DOMAINS: "1",
      UI_PROXY_BASE_URL: "http://127.0.0.1:3000",
      UI_PROXY_KEY_FILE: keys.gatewayPrivateKeyPem,
      UI_PROXY_ROUTES: "GET /api/tickets/:id, POST /api/tickets",
      EXT_UI_PROFILE: "compat",
    });
    for (const name of ["installs", "hosts", "storage", "scheduler"]) expect(runner).toHaveProperty(name);
    expect(runner.providers).toHaveLength(3);
    expect(runner.uiProxy?.routes).toEqual([
      { method: "GET", path: "/api/tickets/:id" },
      { method: "POST", path: "/api/tickets" },
    ]);
  });

  it("takes limits by name, and the size of UI files by its older one", async () => {
    const { runner } = await read({
      RUNTIME_LIMITS: '{"cells":64}',
      EXT_STATIC_MAX_FILE_BYTES: "1000",
      EXT_STATIC_STRICT_VALIDATION: "no",
      EXT_EGRESS_ALLOWLIST: "api.example, *.b.example",
      ALGA_TRACE_EGRESS_HOSTS: "api.example",
    });
    expect(runner).toMatchObject({
      limits: { cells: 64, uiFileBytes: 1_000 },
      uiStrictValidation: false,
      egressAllowed: ["api.example", "*.b.example"],
      traceEgressHosts: ["api.example"],
    });
  });

  it("reads archives from a store, with signed addresses when it has keys for it", async () => {
    const seen: URL[] = [];
    const server = createServer((req, res) => {
      seen.push(new URL(req.url ?? "", "http://store"));
      res.writeHead(404).end();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const store = {
      RUNNER_BUNDLE_DIR: "",
      BUNDLE_STORE_BASE: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alga-ext/`,
      EXT_CACHE_MAX_BYTES: "1000",
    };
    const signed = { ...store, S3_ACCESS_KEY: "key", MINIO_SECRET_KEY: "secret", S3_REGION: "eu-1" };
    const hash = `sha256:${"a".repeat(64)}` as const;
    for (const given of [store, signed]) {
      const { runner } = await read(given);
      expect(await runner.bundles.open(hash)).toBeNull();
      expect(runner.cacheMaxBytes).toBe(1_000);
    }
    server.close();
    expect(seen.map(({ pathname }) => pathname)).toEqual(Array(2).fill(`/alga-ext/${bundleBlobPath(hash)}`));
    expect(seen[0]?.search).toBe("");
    expect(seen[1]?.searchParams.get("X-Amz-Credential")).toMatch(/^key\/\d{8}\/eu-1\/s3\/aws4_request$/);
  });

  it.each([
    ["RUNNER_BUNDLE_DIR", { RUNNER_BUNDLE_DIR: "" }],
    ["BUNDLE_STORE_BASE", { BUNDLE_STORE_BASE: "http://127.0.0.1:9/alga-ext/" }],
    ["BUNDLE_STORE_BASE", { RUNNER_BUNDLE_DIR: "", BUNDLE_STORE_BASE: "minio:9000" }],
    [
      "S3_SECRET_KEY",
      { RUNNER_BUNDLE_DIR: "", BUNDLE_STORE_BASE: "http://127.0.0.1:9/", MINIO_ACCESS_KEY: "k" },
    ],
    ["EXT_CACHE_MAX_BYTES", { EXT_CACHE_MAX_BYTES: "1G" }],
    ["GATEWAY_PUBLIC_KEY", { GATEWAY_PUBLIC_KEY: "" }],
    ["RUNNER_PRIVATE_KEY_FILE", { RUNNER_PRIVATE_KEY_FILE: "/nowhere/runner.pem" }],
    ["SIGNING_TRUST_BUNDLE", { SIGNING_TRUST_BUNDLE: "" }],
    ["SIGNING_TRUST_BUNDLE", { SIGNING_TRUST_BUNDLE: "-----BEGIN NOTHING-----" }],
    ["SIGNING_TRUST_BUNDLE", { SIGNING_TRUST_BUNDLE: "/nowhere/trust.pem" }],
    ["SIGNING_TRUST_POLICY", { SIGNING_TRUST_POLICY: "/nowhere/trust.json" }],
    ["SIGNING_TRUST_POLICY", { SIGNING_TRUST_POLICY: '{"version":0}' }],
    ["ALGA_EGRESS_OVERRIDES", { ALGA_EGRESS_OVERRIDES: "{" }],
    ["ALGA_EGRESS_OVERRIDES", { ALGA_EGRESS_OVERRIDES: '{"a":1}' }],
    ["PORT", { PORT: "seventy" }],
    ["RUNNER_UI_PORT", { RUNNER_UI_PORT: "tcp://10.0.0.1:3001" }],
    ["RUNNER_MAX_CONNECTIONS", { RUNNER_MAX_CONNECTIONS: "0" }],
    ["RUNNER_DRAIN_MS", { RUNNER_DRAIN_MS: "1.5" }],
    ["RUNTIME_LIMITS", { RUNTIME_LIMITS: '{"cell":1}' }],
    ["RUNTIME_LIMITS.cells", { RUNTIME_LIMITS: '{"cells":"many"}' }],
    ["EXT_STATIC_MAX_FILE_BYTES", { EXT_STATIC_MAX_FILE_BYTES: "10M" }],
    ["ALGA_ISOLATION", { ALGA_ISOLATION: "none" }],
    ["EXT_UI_PROFILE", { EXT_UI_PROFILE: "compat" }],
    ["EXT_UI_PROFILE", { EXT_UI_PROFILE: "lax" }],
    ["REGISTRY_BASE_URL", { REGISTRY_BASE_URL: "registry" }],
    ["ALGA_AUTH_KEY_FILE", { ALGA_AUTH_KEY_FILE: "/nowhere/key" }],
    ["UI_PROXY_KEY_FILE", { UI_PROXY_BASE_URL: "http://127.0.0.1:9" }],
    [
      "UI_PROXY_ROUTES",
      { UI_PROXY_BASE_URL: "http://127.0.0.1:9", UI_PROXY_KEY_FILE: keys.gatewayPrivateKeyPem },
    ],
    [
      "UI_PROXY_ROUTES",
      {
        UI_PROXY_BASE_URL: "http://127.0.0.1:9",
        UI_PROXY_KEY_FILE: keys.gatewayPrivateKeyPem,
        UI_PROXY_ROUTES: "api/tickets",
      },
    ],
  ])("names %s when it is wrong", async (name, overrides: Record<string, string>) => {
    const refusal = await read(overrides).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(TypeError);
    expect((refusal as TypeError).message).toContain(name);
  });
});
