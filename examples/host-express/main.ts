/** The shortest host with a login and a page: all it takes to have extensions in an Express app. See README.md. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { PGlite } from "@electric-sql/pglite";
import express from "express";
import { PGliteDialect } from "kysely";
import { createTrustFiles } from "@alga-ext/bundle/node";
import { createGateway } from "@alga-ext/gateway";
import { toExpressMiddleware } from "@alga-ext/gateway/adapters/express";
import { createHttpInvoker, createNodeCallAuthority, NODE_SERVER_LIMITS } from "@alga-ext/gateway/node";
import { createRegistry, createRegistryHandler } from "@alga-ext/registry";
import { createFileKeyProvider } from "@alga-ext/registry/adapters/file-keys";
import { createFsBlobs } from "@alga-ext/registry/adapters/fs-blobs";
import { createProduct } from "./product.ts";

const { PORT, ALGA_DATA_DIR: dir, RUNNER_BASE_URL = "", RUNNER_PUBLIC_BASE = "" } = process.env;
const { ALGA_AUTH_KEY = "", RUNNER_STORAGE_API_TOKEN = "" } = process.env;
const key = (name: string): string => readFileSync(`${dir}/keys/${name}`, "utf8").trim();
// Stands for the app you have: its pages, its login, and who makes a request.
const product = createProduct({ apiKey: key("publisher-api-key"), frameSource: RUNNER_PUBLIC_BASE });
const { authenticate } = product;

const runnerPublicKeyPem = key("runner.pub.pem");
const privateKeyPem = key("gateway.pem");
const calls = await createNodeCallAuthority({ issuer: "host-express", privateKeyPem, runnerPublicKeyPem });
const invoker = createHttpInvoker({ baseUrl: RUNNER_BASE_URL, calls });
const registry = await createRegistry({
  dialect: new PGliteDialect({ pglite: await PGlite.create(`${dir}/db`) }),
  blobs: createFsBlobs(`${dir}/blobs`),
  keys: createFileKeyProvider(`${dir}/keys/kek`),
  trust: await createTrustFiles({ bundle: `${dir}/keys/signing.pub.pem` }),
  runnerPublicKeyPem,
});
const management = createRegistryHandler(registry, { authenticate, runnerApiKey: ALGA_AUTH_KEY });
const gateway = createGateway({
  authenticate,
  installs: registry.resolver,
  invoker,
  calls,
  hostApi: registry.hostApi,
  audit: registry.executionLog,
  quota: registry.quotas,
  runnerAuthToken: RUNNER_STORAGE_API_TOKEN,
  runnerPublicBase: RUNNER_PUBLIC_BASE,
});

const app = express();
// Before anything that reads bodies: extensions get them byte for byte.
app.use(
  toExpressMiddleware({ fetch: async (request) => (await management(request)) ?? gateway.fetch(request) }),
);
app.use(product.router);
const server = createServer(NODE_SERVER_LIMITS, app).listen(Number(PORT), "127.0.0.1");

process.once("SIGTERM", () => server.close(() => void close()));
async function close(): Promise<void> {
  await gateway.close();
  await invoker.close();
  await registry.close();
  process.exit(0);
}
