import type { TrustFiles } from "@alga-ext/bundle/node";
import type { RunnerOptions } from "../create-runner.ts";
import { RUNNER_LIMITS, type RunnerLimits } from "../options.ts";
import type { RunnerLogger } from "../ports.ts";
import { defaultMaxConnections } from "./bound-connections.ts";
import {
  flagOf,
  integerOf,
  jsonOf,
  listOf,
  pemOf,
  requiredOf,
  textOf,
  wordOf,
  type Environment,
} from "./environment-values.ts";
import { readBundles } from "./read-bundles.ts";
import { readHostApi } from "./read-host-api.ts";
import { readTrust } from "./read-trust.ts";

/** Where the two listeners bind. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly uiPort: number;
  /** Connections that each of them holds at once. */
  readonly maxConnections: number;
  /** End when stdin closes, so that a dead supervisor leaves nothing behind. */
  readonly exitWithStdin: boolean;
}

const MAX_PORT = 65_535;
const MAX_DRAIN_MS = 600_000;

/**
 * Turn environment variables into options; every message names its variable.
 *
 * @throws {TypeError} on a missing or malformed variable
 */
export async function readEnvironment(
  env: Environment,
  options: { readonly logger?: RunnerLogger } = {},
): Promise<{ runner: RunnerOptions; listen: ListenOptions; trust: TrustFiles | null; drainMs: number }> {
  const allowUnsigned = flagOf(env, "ALGA_ALLOW_UNSIGNED");
  // Everything that can be wrong without asking anybody, before trust starts to watch files.
  const listen: ListenOptions = {
    host: textOf(env, "HOST") ?? "127.0.0.1",
    // Port 0 asks the system for a free one.
    port: integerOf(env, "PORT", { fallback: 8080, max: MAX_PORT }),
    uiPort: integerOf(env, "RUNNER_UI_PORT", { fallback: 3001, max: MAX_PORT }),
    maxConnections: integerOf(env, "RUNNER_MAX_CONNECTIONS", { fallback: defaultMaxConnections(), min: 1 }),
    exitWithStdin: flagOf(env, "ALGA_EXIT_WITH_STDIN"),
  };
  const drainMs = integerOf(env, "RUNNER_DRAIN_MS", { fallback: 4_000, max: MAX_DRAIN_MS });
  const runner = {
    bundles: readBundles(env),
    allowUnsigned,
    gatewayPublicKeyPem: pemOf(requiredOf(env, "GATEWAY_PUBLIC_KEY"), "GATEWAY_PUBLIC_KEY"),
    runnerPrivateKeyPem: pemOf(requiredOf(env, "RUNNER_PRIVATE_KEY_FILE"), "RUNNER_PRIVATE_KEY_FILE"),
    allowNoWall: flagOf(env, "ALGA_ALLOW_NO_WALL"),
    limits: readLimits(env),
    ...readUi(env),
    ...readEgress(env),
    ...(await readHostApi(env)),
    ...given("cacheDir", textOf(env, "EXT_CACHE_ROOT")),
    ...given("cacheMaxBytes", sizeOf(env, "EXT_CACHE_MAX_BYTES")),
    ...given("isolation", wordOf(env, "ALGA_ISOLATION", ["fresh", "warm"])),
  };
  if (runner.uiProfile === "compat" && runner.hosts === undefined)
    throw new TypeError(
      "EXT_UI_PROFILE=compat needs REGISTRY_BASE_URL and ALGA_AUTH_KEY, to know hosts of installs.",
    );
  const trust = await readTrust(env, { allowUnsigned, ...options });
  return { runner: { ...runner, trust }, listen, trust, drainMs };
}

function readUi(env: Environment): Partial<RunnerOptions> {
  return {
    frameAncestors: listOf(env, "EXT_UI_FRAME_ANCESTORS"),
    uiStrictValidation: flagOf(env, "EXT_STATIC_STRICT_VALIDATION", true),
    ...given("publicBase", textOf(env, "RUNNER_PUBLIC_BASE")),
    ...given("uiProfile", wordOf(env, "EXT_UI_PROFILE", ["strict", "compat"])),
    ...given("uiCompatPolicy", textOf(env, "EXT_UI_CONTENT_SECURITY_POLICY")),
  };
}

function readEgress(env: Environment): Partial<RunnerOptions> {
  const overrides = jsonOf(env, "ALGA_EGRESS_OVERRIDES");
  if (!Object.values(overrides).every((item) => typeof item === "string"))
    throw new TypeError("ALGA_EGRESS_OVERRIDES must map host names to URLs.");
  const allowed = listOf(env, "EXT_EGRESS_ALLOWLIST");
  const told = listOf(env, "ALGA_TRACE_EGRESS_HOSTS");
  return {
    egressOverrides: overrides as Readonly<Record<string, string>>,
    ...(allowed.length === 0 ? {} : { egressAllowed: allowed }),
    ...(told.length === 0 ? {} : { traceEgressHosts: told }),
  };
}

function readLimits(env: Environment): Partial<RunnerLimits> {
  const limits = jsonOf(env, "RUNTIME_LIMITS");
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(RUNNER_LIMITS, name))
      throw new TypeError(
        `RUNTIME_LIMITS names no limit: ${name}. There are: ${Object.keys(RUNNER_LIMITS).join(", ")}.`,
      );
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0)
      throw new TypeError(`RUNTIME_LIMITS.${name} must be a number from 0 on.`);
  }
  return {
    ...given("uiFileBytes", sizeOf(env, "EXT_STATIC_MAX_FILE_BYTES")),
    ...(limits as Partial<RunnerLimits>),
  };
}

/** Bytes; undefined when the variable is unset. */
function sizeOf(env: Environment, name: string): number | undefined {
  return textOf(env, name) === undefined ? undefined : integerOf(env, name, { fallback: 0 });
}

/** An optional property: there only with a value. */
function given<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [name in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [name in Name]?: Value };
}
