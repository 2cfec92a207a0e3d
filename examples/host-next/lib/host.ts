/** The system inside this app: one registry and one gateway per process, whatever Next.js loads twice. */
import { readFileSync } from "node:fs";
import type { Registry } from "@alga-ext/registry";
import type { Principal } from "@alga-ext/protocol";
import { PUBLISHER } from "./people.ts";
import { sessionOf } from "./sessions.ts";

/** What pages and routes need of the system. */
export interface Host {
  /** For server components: no HTTP between a page and its data. */
  readonly registry: Registry;
  /** Administration and calls; null for paths that are neither's. */
  readonly fetch: (request: Request) => Promise<Response | null>;
  readonly close: () => Promise<void>;
}

const KEY = Symbol.for("@alga-ext-examples/host-next");
const shared = globalThis as { [KEY]?: Promise<Host> };

/**
 * The one host of this process, made when it is first asked for.
 *
 * Next.js bundles routes, pages and `instrumentation.ts` apart, and each bundle has modules of its own; PGlite must not
 * be opened twice. So it hangs on `globalThis`, and not on a variable here.
 */
export function host(): Promise<Host> {
  return (shared[KEY] ??= createHost());
}

async function createHost(): Promise<Host> {
  const {
    PGlite,
    PGliteDialect,
    createNodeCallAuthority,
    createFileKeyProvider,
    createFsBlobs,
    createGateway,
    createHttpInvoker,
    createRegistry,
    createRegistryHandler,
    createTrustFiles,
  } = await load();
  const dir = env("ALGA_DATA_DIR");
  const key = (name: string): string => readFileSync(`${dir}/keys/${name}`, "utf8").trim();
  const apiKey = key("publisher-api-key");
  const runnerPublicKeyPem = key("runner.pub.pem");
  const trust = await createTrustFiles({ bundle: `${dir}/keys/signing.pub.pem` });
  const registry = await createRegistry({
    // Several processes take Postgres: `createPgDialect` of @alga-ext/registry/adapters/pg-dialect.
    dialect: new PGliteDialect({ pglite: await PGlite.create(`${dir}/db`) }),
    blobs: createFsBlobs(`${dir}/blobs`),
    keys: createFileKeyProvider(`${dir}/keys/kek`),
    trust,
    runnerPublicKeyPem,
  });
  const authenticate = async (request: Request): Promise<Principal | null> =>
    request.headers.get("x-api-key") === apiKey ? PUBLISHER : sessionOf(request);
  const calls = await createNodeCallAuthority({
    issuer: "host-next",
    privateKeyPem: key("gateway.pem"),
    runnerPublicKeyPem,
  });
  const invoker = createHttpInvoker({ baseUrl: env("RUNNER_BASE_URL"), calls });
  const gateway = createGateway({
    authenticate,
    installs: registry.resolver,
    invoker,
    calls,
    hostApi: registry.hostApi,
    audit: registry.executionLog,
    quota: registry.quotas,
    runnerAuthToken: env("RUNNER_STORAGE_API_TOKEN"),
    runnerPublicBase: env("RUNNER_PUBLIC_BASE"),
  });
  const management = createRegistryHandler(registry, { authenticate, runnerApiKey: env("ALGA_AUTH_KEY") });
  return {
    registry,
    fetch: async (request) => (await management(request)) ?? gateway.fetch(request),
    async close() {
      await gateway.close();
      await invoker.close();
      await registry.close();
      trust.close();
    },
  };
}

/**
 * Loaded by Node, not by the bundler: these packages read files and hold state. For packages that lie in `node_modules`
 * plain imports and `serverExternalPackages` in `next.config.ts` come to the same; in this repository they are links.
 */
async function load() {
  const modules = await Promise.all([
    import(/* turbopackIgnore: true */ "@electric-sql/pglite"),
    import(/* turbopackIgnore: true */ "kysely"),
    import(/* turbopackIgnore: true */ "@alga-ext/bundle/node"),
    import(/* turbopackIgnore: true */ "@alga-ext/gateway"),
    import(/* turbopackIgnore: true */ "@alga-ext/gateway/node"),
    import(/* turbopackIgnore: true */ "@alga-ext/registry"),
    import(/* turbopackIgnore: true */ "@alga-ext/registry/adapters/file-keys"),
    import(/* turbopackIgnore: true */ "@alga-ext/registry/adapters/fs-blobs"),
  ]);
  const [pglite, kysely, bundle, gateway, gatewayNode, registry, keys, blobs] = modules;
  return { ...pglite, ...kysely, ...bundle, ...gateway, ...gatewayNode, ...registry, ...keys, ...blobs };
}

function env(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new Error(`${name} is not set: start this app with \`npm start\`.`);
  return value;
}
