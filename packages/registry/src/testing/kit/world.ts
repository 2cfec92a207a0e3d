import { createPrivateKey, generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { parseTrustBundle, sign, toStatement, type BundleSigner } from "@alga-ext/bundle";
import {
  createPemSigner,
  generateSigningKey,
  pack,
  readBundle,
  type PackedBundle,
} from "@alga-ext/bundle/node";
import type { JsonValue, Permission, Principal, SecretEnvelope } from "@alga-ext/protocol";
import { compactDecrypt } from "jose";
import type { Dialect } from "kysely";
import { createRegistry } from "../../create-registry.ts";
import { openRegistryDb, type RegistryDb } from "../../db/registry-db.ts";
import type { RegistryOptions } from "../../options.ts";
import type { BlobStore } from "../../ports.ts";
import type { PublishResult } from "../../publish/publish-archive.ts";
import type { Registry } from "../../registry.ts";
import { createMemoryBlobs } from "../memory-blobs.ts";
import { componentImporting } from "./component.ts";
import type { TestDatabase } from "./database.ts";
import { createMemoryKeys, type MemoryKeys } from "./memory-keys.ts";

/** A manifest before it is packed; anything may be wrong with it. */
export type ManifestInput = Readonly<Record<string, JsonValue>> & {
  readonly publisher: string;
  readonly name: string;
};

/** A registry on a test database, and all that a test needs around it. */
export interface World {
  readonly database: TestDatabase;
  readonly registry: Registry;
  /** The same database, without the registry's verbs in between. */
  readonly db: RegistryDb;
  readonly blobs: BlobStore;
  readonly keys: MemoryKeys;
  /** Set `now` to move time. */
  readonly clock: { now: number };
  readonly signer: BundleSigner;
  /** Trusted, but another publisher's. */
  readonly stranger: BundleSigner;
  readonly publisher: Principal;
  /** Open another registry on the same database. */
  reopen(options?: Partial<RegistryOptions>): Promise<Registry>;
  /** What a runner would read from an envelope. */
  openEnvelope(envelope: SecretEnvelope | null): Promise<Record<string, string> | null>;
  close(): Promise<void>;
}

/** Start a registry whose clock and keys the test holds; `watch` sees what registries say to the database. */
export async function createWorld(
  database: TestDatabase,
  watch: (dialect: Dialect) => Dialect = (dialect) => dialect,
): Promise<World> {
  const runner = generateKeyPairSync("x25519");
  const [mine, strange] = [await generateSigningKey(), await generateSigningKey()];
  const clock = { now: Date.parse("2026-01-01T00:00:00.000Z") };
  const blobs = createMemoryBlobs();
  const keys = createMemoryKeys();
  const options: RegistryOptions = {
    dialect: watch(database.dialect()),
    blobs,
    trust: await parseTrustBundle(`${mine.publicKeyPem}\n${strange.publicKeyPem}`),
    keys,
    runnerPublicKeyPem: runner.publicKey.export({ type: "spki", format: "pem" }),
    migrate: database.engine === "pglite",
    domainRoot: "ext.example",
    clock: () => clock.now,
  };
  const registry = await createRegistry(options);
  const db = await openRegistryDb(database.dialect(), { migrate: false });
  const opened: Registry[] = [];
  return {
    database,
    registry,
    db,
    blobs,
    keys,
    clock,
    signer: await createPemSigner(mine.privateKeyPem),
    stranger: await createPemSigner(strange.privateKeyPem),
    publisher: principalOf("acme", ["extension:publish"]),
    async reopen(changed = {}) {
      const again = await createRegistry({ ...options, dialect: watch(database.dialect()), ...changed });
      opened.push(again);
      return again;
    },
    async openEnvelope(envelope) {
      if (envelope === null) return null;
      const jwe = Buffer.from(envelope.ciphertext_b64, "base64").toString();
      const key = createPrivateKey(runner.privateKey.export({ type: "pkcs8", format: "pem" }));
      const { plaintext, protectedHeader } = await compactDecrypt(jwe, key);
      if (protectedHeader.alg !== "ECDH-ES" || protectedHeader.enc !== "A256GCM")
        throw new Error("wrong header");
      return JSON.parse(Buffer.from(plaintext).toString("utf8")) as Record<string, string>;
    },
    async close() {
      // Kysely closes a shared PGlite with the first handle; the rest are only pools.
      for (const one of [...opened, registry]) await one.close();
      await db.close();
      await database.close();
    },
  };
}

/** Someone of a tenant with some permissions. */
export function principalOf(tenantId: string, permissions: readonly Permission[]): Principal {
  return {
    tenantId,
    userId: `user-of-${tenantId}`,
    userType: "internal",
    email: "user@example.com",
    name: "User",
    permissions,
  };
}

/** A tenant id no other test uses. */
export const newTenant = (): string => `tenant-${randomUUID()}`;

/** A well-formed manifest of a publisher and name no other test uses. */
export function newManifest(
  changed: Readonly<Record<string, JsonValue>> & Partial<ManifestInput> = {},
): ManifestInput {
  const suffix = randomBytes(4).toString("hex");
  return {
    name: `ext-${suffix}`,
    publisher: `pub-${suffix}`,
    version: "1.0.0",
    runtime: "wasm-js@1",
    capabilities: ["cap:storage.kv", "cap:secrets.get", "cap:http.fetch"],
    egress: [{ host: "api.ledgerline.example", reason: "Looks up payment standing" }],
    api: { endpoints: [{ method: "GET", path: "/things/:id", handler: "dist/main" }] },
    ui: { type: "iframe", entry: "ui/index.html", hooks: { appMenu: { label: "Things" } } },
    ...changed,
  };
}

/** What {@link packExtension} takes besides the manifest. */
export interface PackInput {
  /** Interfaces of `alga:extension`, or full names with a colon; null for no component. */
  readonly imports?: readonly string[] | null;
  /** Makes the bytes differ. */
  readonly salt?: string;
  readonly component?: Uint8Array;
}

/** Pack an extension of a manifest, an interface and a component. */
export function packExtension(manifest: ManifestInput, input: PackInput = {}): Promise<PackedBundle> {
  const imports = input.imports === undefined ? ["storage", "logging"] : input.imports;
  const files: Record<string, Uint8Array> = {
    "manifest.json": Buffer.from(JSON.stringify(manifest)),
    "ui/index.html": Buffer.from(`<!doctype html><title>${input.salt ?? ""}</title>`),
  };
  if (input.component !== undefined) files["dist/main.wasm"] = input.component;
  else if (imports !== null) {
    files["dist/main.wasm"] = componentImporting(
      imports.map((name) => (name.includes(":") ? name : `alga:extension/${name}`)),
    );
  }
  return pack(files);
}

/** Sign an archive as it is. */
export async function signArchive(archive: Uint8Array, signer: BundleSigner): Promise<string> {
  const bundle = await readBundle(archive);
  return sign(toStatement(bundle, { createdAt: "2026-01-01T00:00:00.000Z" }), signer);
}

/** Pack, sign and publish. */
export async function publishExtension(
  world: World,
  manifest: ManifestInput,
  input: PackInput & { readonly signer?: BundleSigner } = {},
): Promise<PublishResult> {
  const { archive } = await packExtension(manifest, input);
  const signatures = await signArchive(archive, input.signer ?? world.signer);
  return world.registry.publish({ archive, signatures, principal: world.publisher });
}

/** Publish a new extension and install it for a new tenant. */
export async function installNew(
  world: World,
  changed: Parameters<typeof newManifest>[0] = {},
): Promise<{
  tenantId: string;
  registryId: string;
  installId: string;
  manifest: ManifestInput;
  version: string;
}> {
  const manifest = newManifest(changed);
  const published = await publishExtension(world, manifest);
  const tenantId = newTenant();
  const registryId = published.extension.id;
  const { version } = published.version;
  const { installId } = await world.registry.install({
    tenantId,
    registryId,
    version,
    grants: "declared",
    actor: "admin",
  });
  return { tenantId, registryId, installId, manifest, version };
}
