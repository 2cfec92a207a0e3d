/** The shortest complete host: registry, gateway and runner in one process. See README.md. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { PGlite } from "@electric-sql/pglite";
import { PGliteDialect } from "kysely";
import { createTrustFiles } from "@alga-ext/bundle/node";
import { createGateway } from "@alga-ext/gateway";
import { createNodeCallAuthority, createNodeServer } from "@alga-ext/gateway/node";
import { createRegistry, createRegistryHandler } from "@alga-ext/registry";
import { createFileKeyProvider } from "@alga-ext/registry/adapters/file-keys";
import { createFsBlobs } from "@alga-ext/registry/adapters/fs-blobs";
import { createFsBundles, createRunner, toNodeListener } from "@alga-ext/runner";
import { API_KEY, authenticate, login } from "./login.ts";

const { PORT = "3000", UI_PORT = "3001", TRUST_BUNDLE = "trust.pem", DATA_DIR = ".data/embed" } = process.env;
const random = (): string => randomBytes(24).toString("base64url");
const type = {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
} as const;
// One process holds both ends of the line between gateway and runner: new keys at every start will do.
const gatewayKey = generateKeyPairSync("ed25519", type);
const runnerKey = generateKeyPairSync("x25519", type);
const trust = await createTrustFiles({ bundle: TRUST_BUNDLE });

mkdirSync(DATA_DIR, { recursive: true, mode: 0o700 });
const registry = await createRegistry({
  dialect: new PGliteDialect({ pglite: await PGlite.create(`${DATA_DIR}/db`) }),
  blobs: createFsBlobs(`${DATA_DIR}/blobs`),
  trust,
  keys: createFileKeyProvider(`${DATA_DIR}/kek`),
  runnerPublicKeyPem: runnerKey.publicKey,
});
const runner = await createRunner({
  bundles: createFsBundles(`${DATA_DIR}/blobs`),
  trust,
  storage: registry.hostApi,
  scheduler: registry.hostApi,
  installs: { validate: (query) => registry.validateInstall(query) },
  gatewayPublicKeyPem: gatewayKey.publicKey,
  runnerPrivateKeyPem: runnerKey.privateKey,
  publicBase: `http://127.0.0.1:${UI_PORT}`,
  frameAncestors: [`http://localhost:${PORT}`],
  allowNoWall: process.env["ALGA_ALLOW_NO_WALL"] === "1",
});
const gateway = createGateway({
  authenticate,
  installs: registry.resolver,
  invoker: { invoke: ({ request }, { signal }) => runner.execute(request, { signal }) },
  calls: await createNodeCallAuthority({
    issuer: "embed",
    privateKeyPem: gatewayKey.privateKey,
    runnerPublicKeyPem: runnerKey.publicKey,
  }),
  hostApi: registry.hostApi,
  audit: registry.executionLog,
  quota: registry.quotas,
  runnerAuthToken: random(),
});
const management = createRegistryHandler(registry, { authenticate, runnerApiKey: random() });

async function handle(request: Request): Promise<Response | null> {
  if (new URL(request.url).pathname === "/login") return login();
  return (await management(request)) ?? (await gateway.fetch(request));
}
const app = createNodeServer(handle).listen(Number(PORT), "127.0.0.1");
const ui = createServer(toNodeListener(runner.fetchUi)).listen(Number(UI_PORT), "127.0.0.1");
await Promise.all([once(app, "listening"), once(ui, "listening")]);
process.stdout.write(`http://localhost:${PORT}  API key: ${API_KEY}  wall: ${runner.wall}\n`);

process.once("SIGTERM", () => void close()).once("SIGINT", () => void close());
async function close(): Promise<void> {
  for (const server of [app, ui]) server.close();
  await Promise.all([gateway.close(), runner.close()]);
  await registry.close();
  process.exit(0);
}
