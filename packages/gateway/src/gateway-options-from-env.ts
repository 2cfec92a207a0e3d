import type { GatewayOptions } from "./options.ts";

/** What {@link gatewayOptionsFromEnv} reads. */
export interface GatewayEnvOptions extends Pick<
  GatewayOptions,
  | "timeoutMs"
  | "installCacheMs"
  | "allowedOrigins"
  | "runnerPublicBase"
  | "uiGate"
  | "runnerAuthToken"
  | "edition"
> {
  /** `runners` of `createHttpInvoker`. */
  readonly runners: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Read the environment variables of a host app (contract §10.1) that still mean something.
 *
 * | variable | option |
 * |---|---|
 * | `RUNNER_BASE_URL`, a comma list; with `RUNNER_BACKEND=docker` first `RUNNER_DOCKER_HOST` | `runners`, default `http://localhost:8080` |
 * | `RUNNER_PUBLIC_BASE` | `runnerPublicBase` |
 * | `RUNNER_STORAGE_API_TOKEN`, else `RUNNER_SERVICE_TOKEN`, else `RUNNER_CONFIG_API_TOKEN` | `runnerAuthToken` |
 * | `EXT_GATEWAY_TIMEOUT_MS`, `EXT_INSTALL_CONFIG_CACHE_MS` | `timeoutMs`, `installCacheMs` |
 * | `EXT_GATEWAY_ALLOWED_ORIGINS` and `EXT_PROXY_ALLOWED_ORIGINS`, comma lists; `NEXTAUTH_URL`; `HOST` when it is a URL | `allowedOrigins` |
 * | `EXT_UI_HOST_MODE` `rust`, `nextjs`; `REDIRECT_COMPAT` | `uiGate` `not_found`, `installed`; `redirect` |
 * | `EDITION=ee` or `NEXT_PUBLIC_EDITION=enterprise` | `edition`, when one of the two is set |
 *
 * `RUNNER_PUBLIC_BASE` is no longer among the allowed origins: that is where the extensions' own pages are.
 *
 * @throws {TypeError} that names the variable, when its value cannot be meant or no runner token is set.
 */
export function gatewayOptionsFromEnv(env: Env): GatewayEnvOptions {
  const timeoutMs = numberOf(env, "EXT_GATEWAY_TIMEOUT_MS", 1);
  const installCacheMs = numberOf(env, "EXT_INSTALL_CONFIG_CACHE_MS", 0);
  const runnerPublicBase = textOf(env, "RUNNER_PUBLIC_BASE");
  const uiGate = uiGateOf(env);
  const edition = editionOf(env);
  return {
    runners: runnersOf(env),
    runnerAuthToken: runnerAuthTokenOf(env),
    allowedOrigins: allowedOriginsOf(env),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(installCacheMs === undefined ? {} : { installCacheMs }),
    ...(runnerPublicBase === undefined
      ? {}
      : { runnerPublicBase: urlOf("RUNNER_PUBLIC_BASE", runnerPublicBase).origin }),
    ...(uiGate === undefined ? {} : { uiGate }),
    ...(edition === undefined ? {} : { edition }),
  };
}

function runnersOf(env: Env): string[] {
  const isDocker = textOf(env, "RUNNER_BACKEND") === "docker";
  const name = isDocker && textOf(env, "RUNNER_DOCKER_HOST") ? "RUNNER_DOCKER_HOST" : "RUNNER_BASE_URL";
  const runners = listOf(env, name).map((text) => urlOf(name, text).origin);
  return runners.length === 0 ? ["http://localhost:8080"] : runners;
}

function runnerAuthTokenOf(env: Env): string {
  const names = ["RUNNER_STORAGE_API_TOKEN", "RUNNER_SERVICE_TOKEN", "RUNNER_CONFIG_API_TOKEN"];
  for (const name of names) {
    const token = textOf(env, name);
    if (token !== undefined) return token;
  }
  throw new TypeError("RUNNER_STORAGE_API_TOKEN is not set: it is what the runner sends as x-runner-auth.");
}

function allowedOriginsOf(env: Env): string[] {
  const listed = ["EXT_GATEWAY_ALLOWED_ORIGINS", "EXT_PROXY_ALLOWED_ORIGINS", "NEXTAUTH_URL"].flatMap(
    (name) => listOf(env, name).map((text) => urlOf(name, text).origin),
  );
  // Often the address to listen on.
  const host = textOf(env, "HOST");
  if (host !== undefined && /^https?:/.test(host)) listed.push(urlOf("HOST", host).origin);
  return [...new Set(listed)];
}

function uiGateOf(env: Env): GatewayEnvOptions["uiGate"] {
  const mode = textOf(env, "EXT_UI_HOST_MODE");
  if (mode === "nextjs") return "installed";
  if (mode !== undefined && mode !== "rust") throw new TypeError("EXT_UI_HOST_MODE must be rust or nextjs.");
  const isCompat = /^(?:1|true|yes)$/i.test(textOf(env, "REDIRECT_COMPAT") ?? "");
  if (isCompat) return "redirect";
  return mode === undefined ? undefined : "not_found";
}

function editionOf(env: Env): GatewayEnvOptions["edition"] {
  const edition = textOf(env, "EDITION");
  const shown = textOf(env, "NEXT_PUBLIC_EDITION");
  if (edition === undefined && shown === undefined) return undefined;
  return edition === "ee" || shown === "enterprise" ? "enterprise" : "community";
}

function listOf(env: Env, name: string): string[] {
  const texts = (env[name] ?? "").split(",").map((text) => text.trim());
  return texts.filter((text) => text !== "");
}

function textOf(env: Env, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === "" ? undefined : text;
}

function numberOf(env: Env, name: string, least: number): number | undefined {
  const text = textOf(env, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least) return value;
  throw new TypeError(
    `${name} must be a whole number of milliseconds from ${least}, not ${JSON.stringify(text)}.`,
  );
}

function urlOf(name: string, text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw new TypeError(`${name} must be a URL like https://app.example.com, not ${JSON.stringify(text)}.`);
}
