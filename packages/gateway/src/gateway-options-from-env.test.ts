import { expect, test } from "vitest";
import { gatewayOptionsFromEnv } from "./gateway-options-from-env.ts";

const TOKEN = "a-token-of-sixteen-or-more";
const read = (env: Record<string, string>) =>
  gatewayOptionsFromEnv({ RUNNER_STORAGE_API_TOKEN: TOKEN, ...env });

test("little is needed", () => {
  expect(read({})).toEqual({
    runners: ["http://localhost:8080"],
    runnerAuthToken: TOKEN,
    allowedOrigins: [],
  });
});

test.each<[Record<string, string>, object]>([
  [{ RUNNER_BASE_URL: "http://a:1/, http://b:2" }, { runners: ["http://a:1", "http://b:2"] }],
  [{ RUNNER_BASE_URL: "http://a:1", RUNNER_DOCKER_HOST: "http://d:1" }, { runners: ["http://a:1"] }],
  [{ RUNNER_BACKEND: "docker", RUNNER_DOCKER_HOST: "http://d:1" }, { runners: ["http://d:1"] }],
  [{ RUNNER_BACKEND: "docker", RUNNER_BASE_URL: "http://a:1" }, { runners: ["http://a:1"] }],
  [
    { RUNNER_PUBLIC_BASE: "https://ui.example/x" },
    { runnerPublicBase: "https://ui.example", allowedOrigins: [] },
  ],
  [
    { EXT_GATEWAY_TIMEOUT_MS: "5000", EXT_INSTALL_CONFIG_CACHE_MS: "0" },
    { timeoutMs: 5000, installCacheMs: 0 },
  ],
  [
    {
      EXT_GATEWAY_ALLOWED_ORIGINS: "https://a.example",
      EXT_PROXY_ALLOWED_ORIGINS: "https://b.example/path, https://a.example",
      NEXTAUTH_URL: "https://app.example/auth",
      HOST: "https://host.example",
    },
    {
      allowedOrigins: [
        "https://a.example",
        "https://b.example",
        "https://app.example",
        "https://host.example",
      ],
    },
  ],
  [{ HOST: "0.0.0.0" }, { allowedOrigins: [] }],
  [{ EXT_UI_HOST_MODE: "rust" }, { uiGate: "not_found" }],
  [{ EXT_UI_HOST_MODE: "rust", REDIRECT_COMPAT: "true" }, { uiGate: "redirect" }],
  [{ EXT_UI_HOST_MODE: "nextjs" }, { uiGate: "installed" }],
  [{ EDITION: "ee" }, { edition: "enterprise" }],
  [{ NEXT_PUBLIC_EDITION: "enterprise" }, { edition: "enterprise" }],
  [{ EDITION: "community" }, { edition: "community" }],
  [{ RUNNER_STORAGE_API_TOKEN: " ", RUNNER_SERVICE_TOKEN: "service" }, { runnerAuthToken: "service" }],
  [{ RUNNER_STORAGE_API_TOKEN: "", RUNNER_CONFIG_API_TOKEN: "config" }, { runnerAuthToken: "config" }],
])("%j", (env, expected) => {
  expect(read(env)).toMatchObject(expected);
});

test.each([
  { EXT_GATEWAY_TIMEOUT_MS: "0" },
  { EXT_GATEWAY_TIMEOUT_MS: "5s" },
  { EXT_INSTALL_CONFIG_CACHE_MS: "-1" },
  { RUNNER_BASE_URL: "runner:8080" },
  { RUNNER_PUBLIC_BASE: "ftp://x" },
  { NEXTAUTH_URL: "app" },
  { EXT_UI_HOST_MODE: "next" },
  { RUNNER_STORAGE_API_TOKEN: "" },
])("%j is refused by name", (env) => {
  expect(() => read(env)).toThrow(TypeError);
  expect(() => read(env)).toThrow(Object.keys(env)[0]);
});
