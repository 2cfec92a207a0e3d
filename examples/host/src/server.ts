/** The host app's process: login and shell, registry, gateway. Configured by environment, ends with its stdin. */
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { PGliteDialect } from "kysely";
import { createTrustFiles } from "@alga-ext/bundle/node";
import { createCallAuthority, createGateway, createTokenBucket } from "@alga-ext/gateway";
import { createHttpInvoker, toNodeHandler } from "@alga-ext/gateway/node";
import { createRegistry, createRegistryHandler } from "@alga-ext/registry";
import { createFsBlobs } from "@alga-ext/registry/adapters/fs-blobs";
import { createFileKeyProvider } from "@alga-ext/registry/adapters/file-keys";
import { createApp } from "./app.ts";
import { createSessions } from "./sessions.ts";
import { createStaticFiles } from "./static-files.ts";

/** One JSON line per event on stderr; the supervisor shows it. */
const write =
  (level: string) =>
  (event: string, fields: object = {}) =>
    process.stderr.write(`${JSON.stringify({ level, event, ...fields })}\n`);
const logger = { info: write("info"), warn: write("warn"), error: write("error") };

const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new Error(`${name} is not set: start this process with \`npm start\`.`);
  return value;
};

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
  // The dialog says so: what is uninstalled is gone.
  uninstallGraceMs: 0,
  logger,
});

const calls = await createCallAuthority({
  issuer: "acme-psa",
  privateKeyPem: await key("gateway.pem"),
  runnerPublicKeyPem,
});
const invoker = createHttpInvoker({ baseUrl: env("RUNNER_BASE_URL"), calls });
const app = createApp({
  sessions: createSessions(await readFile(join(keysDir, "session"))),
  publisherApiKey: (await key("publisher-api-key")).trim(),
  runnerPublicBase,
});
const gateway = createGateway({
  authenticate: app.authenticate,
  installs: registry.resolver,
  invoker,
  calls,
  hostApi: registry.hostApi,
  audit: registry.executionLog,
  runnerAuthToken: env("RUNNER_STORAGE_API_TOKEN"),
  runnerPublicBase,
  // A demo is clicked through by one person: more generous than the default of 60 calls, then one a second.
  rateLimiter: createTokenBucket({ capacity: 300, refillPerSecond: 30 }),
  timeoutMs: Number(process.env["EXT_GATEWAY_TIMEOUT_MS"] ?? 30_000),
  logger,
});
const management = createRegistryHandler(registry, {
  authenticate: app.authenticate,
  runnerApiKey: env("ALGA_AUTH_KEY"),
  logger,
});
const files = createStaticFiles(new URL("../dist/ui", import.meta.url).pathname, runnerPublicBase);

/** The whole host in one place: each part answers its own paths and passes on the rest. */
async function route(request: Request, pathname: string): Promise<Response> {
  if (pathname === "/healthz") return Response.json({ status: "ok", database: "PGlite" });
  const answer = (await app.fetch(request)) ?? (await management(request)) ?? (await gateway.fetch(request));
  if (answer !== null) return answer;
  if (pathname.startsWith("/api/")) return Response.json({ error: "not_found" }, { status: 404 });
  return files(pathname);
}

const isVerbose = !["", "0", "false"].includes(process.env["ALGA_VERBOSE"] ?? "");

/** {@link route}, and one line per request with ALGA_VERBOSE; without its query, which may hold what a log should not. */
async function handle(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (!isVerbose) return route(request, pathname);
  const started = performance.now();
  let status = 500;
  try {
    const response = await route(request, pathname);
    ({ status } = response);
    return response;
  } finally {
    const ms = (performance.now() - started).toFixed(0);
    process.stderr.write(`${request.method} ${pathname} ${status} ${ms} ms\n`);
  }
}

const server = createServer(
  {
    maxHeaderSize: 16_384,
    requestTimeout: 60_000,
    headersTimeout: 15_000,
    connectionsCheckingInterval: 1000,
  },
  toNodeHandler(handle),
);
server.listen(Number(env("PORT")), env("HOST"), () => process.stdout.write("ready\n"));

let closing = false;
async function close(): Promise<void> {
  if (closing) return;
  closing = true;
  server.close();
  server.closeIdleConnections();
  // Calls in flight get a moment; what is left after it is cut.
  const cut = setTimeout(() => server.closeAllConnections(), 3000);
  await new Promise<void>((resolve) => server.once("close", () => resolve()));
  clearTimeout(cut);
  await gateway.close();
  await invoker.close();
  await registry.close();
  trust.close();
  process.exit(0);
}
process.once("SIGTERM", () => void close());
process.once("SIGINT", () => void close());
process.stdin.resume().once("end", () => void close());
