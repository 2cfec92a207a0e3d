import { readFileSync } from "node:fs";
import { createTrustFiles, type TrustFiles } from "@alga-ext/bundle/node";
import { CodedError } from "@alga-ext/protocol";
import { createFsBundles } from "../adapters/fs-bundles.ts";
import { createHttpHostStorage } from "../adapters/http-host-storage.ts";
import { createHttpInstallValidator } from "../adapters/http-install-validator.ts";
import type { RunnerOptions } from "../create-runner.ts";
import type { RunnerLogger } from "../ports.ts";

/** Where the two listeners bind. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly uiPort: number;
  /** End when stdin closes, so that a dead supervisor leaves nothing behind. */
  readonly exitWithStdin: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Turn environment variables into options; every message names its variable.
 *
 * @throws {TypeError} on a missing or malformed variable
 */
export async function readEnvironment(
  env: Environment,
  options: { readonly logger?: RunnerLogger } = {},
): Promise<{ runner: RunnerOptions; listen: ListenOptions; trust: TrustFiles | null }> {
  const allowUnsigned = flag(env, "ALGA_ALLOW_UNSIGNED");
  const storageBase = env["STORAGE_API_BASE_URL"] ?? env["REGISTRY_BASE_URL"];
  const storageToken = env["RUNNER_STORAGE_API_TOKEN"] ?? env["RUNNER_SERVICE_TOKEN"];
  const registryBase = env["REGISTRY_BASE_URL"];
  const apiKey = env["ALGA_AUTH_KEY"];
  const trust = await readTrust(env, { allowUnsigned, ...options });
  const runner: RunnerOptions = {
    bundles: createFsBundles(required(env, "RUNNER_BUNDLE_DIR")),
    trust,
    allowUnsigned,
    gatewayPublicKeyPem: pem(required(env, "GATEWAY_PUBLIC_KEY"), "GATEWAY_PUBLIC_KEY"),
    runnerPrivateKeyPem: pem(required(env, "RUNNER_PRIVATE_KEY_FILE"), "RUNNER_PRIVATE_KEY_FILE"),
    egressOverrides: overrides(env["ALGA_EGRESS_OVERRIDES"]),
    frameAncestors: (env["EXT_UI_FRAME_ANCESTORS"] ?? "").split(/[\s,]+/).filter((origin) => origin !== ""),
    allowNoWall: flag(env, "ALGA_ALLOW_NO_WALL"),
    ...(env["EXT_CACHE_ROOT"] === undefined ? {} : { cacheDir: env["EXT_CACHE_ROOT"] }),
    ...(env["RUNNER_PUBLIC_BASE"] === undefined ? {} : { publicBase: env["RUNNER_PUBLIC_BASE"] }),
    ...(storageBase !== undefined && storageToken !== undefined
      ? { storage: createHttpHostStorage({ baseUrl: storageBase, token: storageToken }) }
      : {}),
    ...(registryBase !== undefined && apiKey !== undefined
      ? { installs: createHttpInstallValidator({ baseUrl: registryBase, apiKey }) }
      : {}),
  };
  const listen: ListenOptions = {
    host: env["HOST"] ?? "127.0.0.1",
    port: port(env, "PORT", 8080),
    uiPort: port(env, "RUNNER_UI_PORT", 3001),
    exitWithStdin: flag(env, "ALGA_EXIT_WITH_STDIN"),
  };
  return { runner, listen, trust };
}

/** Trust from text or files; files are read again when they change. */
async function readTrust(
  env: Environment,
  { allowUnsigned, logger }: { readonly allowUnsigned: boolean; readonly logger?: RunnerLogger },
): Promise<TrustFiles | null> {
  const bundle = env["SIGNING_TRUST_BUNDLE"] ?? "";
  const document = env["SIGNING_TRUST_POLICY"] ?? "";
  if (bundle === "") {
    if (allowUnsigned && document === "") return null;
    throw new TypeError(
      "SIGNING_TRUST_BUNDLE is missing: give public keys or certificates as PEM or a path to them.",
    );
  }
  pem(bundle, "SIGNING_TRUST_BUNDLE");
  if (document !== "" && !document.trimStart().startsWith("{"))
    readNamed(document, "SIGNING_TRUST_POLICY is neither JSON");
  return await createTrustFiles({
    bundle,
    ...(document === "" ? {} : { document }),
    onRefused: (error) =>
      logger?.error("changed trust was refused; the last good one stays", {
        code: error instanceof CodedError ? error.code : "unreadable",
        error: error instanceof Error ? error.message : String(error),
      }),
  }).catch((cause: unknown) => {
    if (!(cause instanceof CodedError)) throw cause;
    const name =
      cause.code === "invalid_trust_bundle" || cause.code === "unsupported_trust_material"
        ? "BUNDLE"
        : "POLICY";
    throw new TypeError(`SIGNING_TRUST_${name} is unusable (${cause.code}): ${cause.message}`, { cause });
  });
}

/** PEM text itself, or the file it is in. */
function pem(value: string, name: string): string {
  return value.includes("-----BEGIN ") ? value : readNamed(value, `${name} is neither PEM`);
}

function readNamed(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new TypeError(`${otherwise} nor a readable file.`, { cause });
  }
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === "") throw new TypeError(`${name} is missing.`);
  return value;
}

function flag(env: Environment, name: string): boolean {
  return ["1", "true", "yes"].includes((env[name] ?? "").toLowerCase());
}

/** Port 0 asks the system for a free one. */
function port(env: Environment, name: string, fallback: number): number {
  const text = env[name];
  const value = text === undefined || text === "" ? fallback : Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new TypeError(`${name} is not a port.`);
  return value;
}

function overrides(text: string | undefined): Record<string, string> {
  if (text === undefined || text === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TypeError("ALGA_EGRESS_OVERRIDES is not JSON.", { cause });
  }
  if (
    typeof value !== "object" ||
    value === null ||
    !Object.values(value).every((item) => typeof item === "string")
  ) {
    throw new TypeError("ALGA_EGRESS_OVERRIDES must map host names to URLs.");
  }
  return value as Record<string, string>;
}
