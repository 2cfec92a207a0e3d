/** The host app's process: login and shell, registry, gateway. Configured by environment, ends with its stdin. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { PGliteDialect } from "kysely";
import { createTrustFiles } from "@alga-ext/bundle/node";
import { createGateway, createMemoryDebugLog, createTokenBucket } from "@alga-ext/gateway";
import { createHttpInvoker, createNodeCallAuthority, createNodeServer } from "@alga-ext/gateway/node";
import {
  chainAuthenticators,
  createApiKeyAuthenticator,
  createRegistry,
  createRegistryHandler,
} from "@alga-ext/registry";
import { createFsBlobs } from "@alga-ext/registry/adapters/fs-blobs";
import { createFileKeyProvider } from "@alga-ext/registry/adapters/file-keys";
import { createApp } from "./app.ts";
import { createDemoProduct } from "./capabilities/demo-product.ts";
import { invoicingCapability } from "./capabilities/invoicing.ts";
import { clientsCapability, servicesCapability } from "./capabilities/reading.ts";
import { createClients } from "./clients.ts";
import { createLocalQueue } from "./delivery-queue.ts";
import { logRequests } from "./log-requests.ts";
import { startMaintenance } from "./maintenance.ts";
import { listPortalExtensions } from "./portal.ts";
import { createSessions } from "./sessions.ts";
import { createStaticFiles } from "./static-files.ts";
import { startTelemetry, traceRequests } from "./telemetry.ts";
import { toLogLine } from "./to-log-line.ts";

/** One JSON line per event on stderr; the supervisor shows it. */
const write =
  (level: string) =>
  (event: string, fields: object = {}) =>
    process.stderr.write(`${toLogLine({ level, event, ...fields })}\n`);
const logger = { info: write("info"), warn: write("warn"), error: write("error") };

const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new Error(`${name} is not set: start this process with \`npm start\`.`);
  return value;
};

const telemetry = await startTelemetry("acme-host");
const dataDir = env("ALGA_DATA_DIR");
const keysDir = join(dataDir, "keys");
const key = (name: string): Promise<string> => readFile(join(keysDir, name), "utf8");
const runnerPublicBase = env("RUNNER_PUBLIC_BASE");
const runnerPublicKeyPem = await key("runner.pub.pem");
const trust = await createTrustFiles({
  bundle: env("TRUST_BUNDLE"),
  onRefused: (error) => logger.error("changed trust was refused", { error: String(error) }),
});

const registry = await createRegistry({
  dialect: new PGliteDialect({ pglite: await PGlite.create(join(dataDir, "db")) }),
  blobs: createFsBlobs(join(dataDir, "blobs")),
  trust,
  keys: createFileKeyProvider(join(keysDir, "kek")),
  runnerPublicKeyPem,
  headSigningKey: await key("heads.pem"),
  // The dialogs say so (KEPT_DAYS of the page): what is uninstalled can be brought back for a month.
  uninstallGraceMs: 30 * 24 * 60 * 60 * 1000,
  deliveryQueue: createLocalQueue(),
  logger,
});

const calls = await createNodeCallAuthority({
  issuer: "acme-psa",
  privateKeyPem: await key("gateway.pem"),
  runnerPublicKeyPem,
});
const invoker = createHttpInvoker({ baseUrl: env("RUNNER_BASE_URL"), calls });
const clients = await createClients(join(dataDir, "clients.json"), registry.events.emit);
const product = createDemoProduct({ clients: (tenantId) => clients.list(tenantId) });
const app = createApp({
  sessions: createSessions(await readFile(join(keysDir, "session"))),
  clients,
  portalExtensions: (tenantId) => listPortalExtensions(registry, tenantId),
  publisherApiKey: (await key("publisher-api-key")).trim(),
  runnerPublicBase,
});
const authenticate = chainAuthenticators(createApiKeyAuthenticator(registry), app.authenticate);
const timeoutMs = Number(process.env["EXT_GATEWAY_TIMEOUT_MS"] ?? 30_000);
// One process: what extensions log is followed from memory.
const debug = createMemoryDebugLog();
const gateway = createGateway({
  authenticate,
  installs: registry.resolver,
  invoker,
  calls,
  hostApi: registry.hostApi,
  capabilities: [
    clientsCapability(product),
    servicesCapability(product),
    invoicingCapability(product, { now: Date.now }),
  ],
  audit: registry.executionLog,
  quota: registry.quotas,
  debug,
  runnerAuthToken: env("RUNNER_STORAGE_API_TOKEN"),
  runnerPublicBase,
  // A demo is clicked through by one person: more generous than the default of 60 calls, then one a second.
  rateLimiter: createTokenBucket({ capacity: 300, refillPerSecond: 30 }),
  timeoutMs,
  ...(telemetry === null ? {} : { tracer: telemetry.tracer }),
  logger,
});
// The gateway gives up first, and its reason is the one that is kept.
const worker = registry.createDeliveryWorker({
  invoker: gateway,
  timeoutMs: timeoutMs + 5000,
  leaseMs: 2 * timeoutMs + 30_000,
});
const maintenance = startMaintenance(registry, logger);
const management = createRegistryHandler(registry, {
  authenticate,
  runnerApiKey: env("ALGA_AUTH_KEY"),
  logger,
});
const files = createStaticFiles(new URL("../dist/ui", import.meta.url).pathname, runnerPublicBase);

/** The whole host in one place: each part answers its own paths and passes on the rest. */
async function route(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/healthz") return Response.json({ status: "ok", database: "PGlite" });
  const answer = (await app.fetch(request)) ?? (await management(request)) ?? (await gateway.fetch(request));
  if (answer !== null) return answer;
  if (pathname.startsWith("/api/")) return Response.json({ error: "not_found" }, { status: 404 });
  return files(pathname);
}

const isVerbose = !["", "0", "false"].includes(process.env["ALGA_VERBOSE"] ?? "");
const traced = telemetry === null ? route : traceRequests(telemetry.tracer, route);
const server = createNodeServer(isVerbose ? logRequests(traced) : traced);
server.listen(Number(env("PORT")), env("HOST"), () => process.stdout.write("ready\n"));
await worker.start();

let closing = false;
async function close(): Promise<void> {
  if (closing) return;
  closing = true;
  // Who follows a log would keep its connection open.
  await debug.close();
  server.close();
  server.closeIdleConnections();
  // Calls in flight get a moment; what is left after it is cut.
  const cut = setTimeout(() => server.closeAllConnections(), 3000);
  await new Promise<void>((resolve) => server.once("close", () => resolve()));
  clearTimeout(cut);
  await worker.stop();
  await maintenance.close();
  await gateway.close();
  await invoker.close();
  await registry.close();
  trust.close();
  await telemetry?.close().catch(() => undefined);
  process.exit(0);
}
process.once("SIGTERM", () => void close());
process.once("SIGINT", () => void close());
process.stdin.resume().once("end", () => void close());
