import { readFileSync } from "node:fs";
import { createHttpDomainProviders } from "../adapters/http-domain-providers.ts";
import { createHttpHostLookup } from "../adapters/http-host-lookup.ts";
import { createHttpHostScheduler } from "../adapters/http-host-scheduler.ts";
import { createHttpHostStorage } from "../adapters/http-host-storage.ts";
import { createHttpInstallValidator } from "../adapters/http-install-validator.ts";
import { createHttpUiProxy } from "../adapters/http-ui-proxy.ts";
import { createServiceTokens } from "../auth/service-tokens.ts";
import type { RunnerOptions } from "../create-runner.ts";
import {
  flagOf,
  integerOf,
  pemOf,
  readNamed,
  requiredOf,
  textOf,
  type Environment,
} from "./environment-values.ts";

const AUTH_KEY_FILE = "/vault/secrets/alga_auth_key";

/**
 * What a runner asks of its host application over HTTP: installs and hosts with one key, capabilities with another.
 *
 * @throws {TypeError}
 */
export async function readHostApi(env: Environment): Promise<Partial<RunnerOptions>> {
  const registry = baseOf(env, "REGISTRY_BASE_URL");
  const apiKey = readAuthKey(env);
  const host = baseOf(env, "STORAGE_API_BASE_URL") ?? registry;
  const token = textOf(env, "RUNNER_STORAGE_API_TOKEN") ?? textOf(env, "RUNNER_SERVICE_TOKEN");
  const uiProxy = await readUiProxy(env);
  const api = host !== undefined && token !== undefined ? { baseUrl: host, token } : null;
  return {
    ...(registry !== undefined && apiKey !== undefined
      ? {
          installs: createHttpInstallValidator({ baseUrl: registry, apiKey }),
          hosts: createHttpHostLookup({ baseUrl: registry, apiKey }),
        }
      : {}),
    ...(api === null ? {} : { storage: createHttpHostStorage(api), scheduler: createHttpHostScheduler(api) }),
    ...(api !== null && flagOf(env, "ALGA_HOST_DOMAINS")
      ? { providers: createHttpDomainProviders(api) }
      : {}),
    ...(uiProxy === undefined ? {} : { uiProxy }),
  };
}

async function readUiProxy(env: Environment): Promise<RunnerOptions["uiProxy"]> {
  const baseUrl = baseOf(env, "UI_PROXY_BASE_URL");
  if (baseUrl === undefined) return undefined;
  const authKey = textOf(env, "UI_PROXY_AUTH_KEY");
  const tokens = await createServiceTokens({
    audience: textOf(env, "UI_PROXY_AUDIENCE") ?? new URL(baseUrl).origin,
    key: { alg: "EdDSA", privateKeyPem: pemOf(requiredOf(env, "UI_PROXY_KEY_FILE"), "UI_PROXY_KEY_FILE") },
  });
  const proxy = createHttpUiProxy({
    baseUrl,
    tokens,
    timeoutMs: integerOf(env, "UI_PROXY_TIMEOUT_MS", { fallback: 5_000, max: 60_000 }),
    ...(authKey === undefined ? {} : { authKey }),
  });
  return { proxy, routes: readRoutes(requiredOf(env, "UI_PROXY_ROUTES")) };
}

/** `GET /api/tickets/:id, POST /api/tickets`. */
function readRoutes(text: string): readonly { readonly method: string; readonly path: string }[] {
  return text
    .split(",")
    .filter((item) => item.trim() !== "")
    .map((item) => {
      const [, method, path] = /^\s*([A-Z]+)\s+(\/\S*)\s*$/.exec(item) ?? [];
      if (method === undefined || path === undefined)
        throw new TypeError(
          `UI_PROXY_ROUTES must list methods and paths, such as "GET /api/tickets/:id": ${item.trim()}.`,
        );
      return { method, path };
    });
}

/** The key itself, the file it is in, or the file where it lies in older deployments. */
function readAuthKey(env: Environment): string | undefined {
  const key = textOf(env, "ALGA_AUTH_KEY");
  if (key !== undefined) return key;
  const path = textOf(env, "ALGA_AUTH_KEY_FILE");
  if (path !== undefined) return readNamed(path, "ALGA_AUTH_KEY_FILE is not a readable file.").trim();
  try {
    return readFileSync(AUTH_KEY_FILE, "utf8").trim();
  } catch {
    return undefined;
  }
}

function baseOf(env: Environment, name: string): string | undefined {
  const text = textOf(env, name);
  if (text !== undefined && !/^https?:$/.test(URL.parse(text)?.protocol ?? ""))
    throw new TypeError(`${name} must be an http(s) URL, not ${JSON.stringify(text)}.`);
  return text;
}
