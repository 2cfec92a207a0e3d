import { generateKeyPairSync } from "node:crypto";
import { CompactEncrypt, importSPKI } from "jose";
import { pack } from "@alga-ext/bundle/node";
import type { ContentHash, ExecuteRequest, SecretEnvelope, StoredBundle } from "@alga-ext/protocol";
import { createRunner, type Runner, type RunnerOptions } from "../src/index.ts";
import { createMemoryBundles } from "../src/testing/index.ts";

/** Keys of both ends, as PEM. */
export function generateKeys() {
  const gateway = generateKeyPairSync("ed25519");
  const runner = generateKeyPairSync("x25519");
  return {
    gatewayPrivateKeyPem: gateway.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    gatewayPublicKeyPem: gateway.publicKey.export({ type: "spki", format: "pem" }) as string,
    runnerPrivateKeyPem: runner.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    runnerPublicKeyPem: runner.publicKey.export({ type: "spki", format: "pem" }) as string,
  };
}

/** One bundle per entry: the component and any UI files. */
export interface TestBundle {
  readonly component?: Uint8Array;
  readonly ui?: Readonly<Record<string, string>>;
}

/** A runner, and what it knows. */
export interface TestRunner {
  readonly runner: Runner;
  readonly hashes: readonly ContentHash[];
  readonly keys: ReturnType<typeof generateKeys>;
  /** Fields of every warning the runner logged. */
  readonly warnings: readonly Record<string, unknown>[];
}

/**
 * As {@link startColdRunner}, and has prepared what runs, as at install time: preparing waits for a busy machine, and
 * would take it from the deadline of the first call.
 */
export async function startTestRunner(
  bundles: readonly TestBundle[],
  options: Partial<RunnerOptions> = {},
): Promise<TestRunner> {
  const started = await startColdRunner(bundles, options);
  for (const [index, { component }] of bundles.entries())
    if (component !== undefined)
      await started.runner.prepare(started.hashes[index] as ContentHash).catch(() => undefined);
  return started;
}

/** Pack bundles and start a runner that knows them, in the given order. */
export async function startColdRunner(
  bundles: readonly TestBundle[],
  options: Partial<RunnerOptions> = {},
): Promise<TestRunner> {
  const stored = new Map<ContentHash, StoredBundle>();
  const hashes: ContentHash[] = [];
  for (const [index, bundle] of bundles.entries()) {
    const { archive, contentHash } = await packTestBundle(bundle, `test-${index}`);
    stored.set(contentHash, { archive, signatures: null });
    hashes.push(contentHash);
  }
  const keys = generateKeys();
  const warnings: Record<string, unknown>[] = [];
  const ignore = () => undefined;
  const runner = await createRunner({
    logger: { info: ignore, warn: (_message, fields) => void warnings.push(fields ?? {}), error: ignore },
    bundles: createMemoryBundles(stored),
    trust: null,
    allowUnsigned: true,
    gatewayPublicKeyPem: keys.gatewayPublicKeyPem,
    runnerPrivateKeyPem: keys.runnerPrivateKeyPem,
    ...options,
  });
  return { runner, hashes, keys, warnings };
}

/** Pack one bundle with a minimal manifest. */
export function packTestBundle({ component, ui }: TestBundle, name: string) {
  const manifest = { name, publisher: "tests", version: "1.0.0", runtime: "wasm-js@1" };
  const text = new TextEncoder();
  return pack({
    "manifest.json": text.encode(JSON.stringify(manifest)),
    ...(component === undefined ? {} : { "dist/main.wasm": component }),
    ...Object.fromEntries(
      Object.entries(ui ?? {}).map(([path, content]) => [`ui/${path}`, text.encode(content)]),
    ),
  });
}

const ALL_GRANTS = [
  "cap:context.read",
  "cap:secrets.get",
  "cap:http.fetch",
  "cap:storage.kv",
  "cap:log.emit",
  "cap:ui.proxy",
  "cap:user.read",
];

/** A request for one path, with everything granted and generous time. */
export function requestFor(
  hash: ContentHash,
  path: string,
  overrides: Partial<ExecuteRequest> & { tenant?: string; install?: string } = {},
): ExecuteRequest {
  const { tenant = "acme", install = "11111111-1111-4111-8111-111111111111", ...rest } = overrides;
  return {
    context: {
      request_id: "req-1",
      tenant_id: tenant,
      extension_id: "22222222-2222-4222-8222-222222222222",
      install_id: install,
      content_hash: hash,
      version_id: "v-1",
    },
    http: { method: "GET", path },
    limits: { timeout_ms: 20_000 },
    providers: ALL_GRANTS,
    ...rest,
  };
}

/** Body of an answer as text. */
export function bodyOf(response: { readonly body_b64: string | null }): string {
  return Buffer.from(response.body_b64 ?? "", "base64").toString("utf8");
}

/** Seal secrets to a runner as the registry does. */
export async function seal(
  secrets: Readonly<Record<string, string>>,
  runnerPublicKeyPem: string,
): Promise<SecretEnvelope> {
  const key = await importSPKI(runnerPublicKeyPem, "ECDH-ES");
  const jwe = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(secrets)))
    .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" })
    .encrypt(key);
  return { algorithm: "jwe", ciphertext_b64: Buffer.from(jwe).toString("base64") };
}
