/** A gateway in this process, a runner in another that is started again whenever it dies, and what both may leave behind. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pack } from "@alga-ext/bundle/node";
import { createCallAuthority, createGateway } from "@alga-ext/gateway";
import { createHttpInvoker, toNodeHandler } from "@alga-ext/gateway/node";
import { generateCallKeys } from "@alga-ext/gateway/testing";
import { bundleBlobPath, type ContentHash, type ResolvedInstall } from "@alga-ext/protocol";
import type { RunnerLimits } from "@alga-ext/runner";
import { createMemoryStorage } from "@alga-ext/runner/testing";
import { builtFile, copyPackages } from "./packages.ts";
import { buildCrasher, buildWorker, ENDPOINTS } from "./soak-guests.ts";

/** One install that calls go to. */
export interface Place {
  readonly tenant: string;
  readonly extension: string;
}

/** What effects there were outside of cells, by the id of the call that asked for them. */
export interface Effects {
  readonly writes: ReadonlyMap<string, number>;
  readonly hits: ReadonlyMap<string, number>;
}

/** A running stand. */
export interface Stand {
  /** Installs of the worker, and of the crasher. */
  readonly workers: readonly Place[];
  readonly crashers: readonly Place[];
  readonly effects: Effects;
  /** Where everything temporary of the runner is. */
  readonly temporary: string;
  /** The runner's pid; null between its death and its next start. */
  readonly runnerPid: number | null;
  readonly starts: number;
  /** One call at the gateway; rejects never. */
  call(place: Place, method: "GET" | "POST", target: string): Promise<Answer>;
  /** What the runner measures, by series; nothing while it starts. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  /** Resolves when the runner listens. */
  listening(): Promise<void>;
  /** Call every install until it answers: preparing takes longer than a call may on a busy machine. */
  warm(): Promise<void>;
  /** End everything; answers what the runner left in its temporary directory. */
  close(): Promise<readonly string[]>;
}

/** What a caller saw. */
export interface Answer {
  readonly status: number;
  /** A code of the gateway; null when the guest answered. */
  readonly code: string | null;
  readonly text: string;
}

/** Options of {@link openStand}. */
export interface StandOptions {
  /** Tenants with two installs of the worker each, besides a hostile one. */
  readonly tenants: number;
  readonly limits?: Partial<RunnerLimits>;
  readonly timeoutMs?: number;
}

/** Its installs of the worker get little time: they are there to loop. */
export const HOSTILE_TENANT = "tenant-hostile";
const HOSTILE_CALL_MS = 1_000;
const CRASHERS = 2;
const WARM_TRIES = 40;

/** Start everything; the built packages are copied first, so that a build meanwhile changes nothing. */
export async function openStand({ tenants, limits = {}, timeoutMs = 10_000 }: StandOptions): Promise<Stand> {
  const home = mkdtempSync(join(tmpdir(), "alga-stand-"));
  const temporary = join(home, "tmp");
  mkdirSync(temporary);
  const packages = copyPackages([]);
  const keys = await generateCallKeys();
  const token = randomBytes(24).toString("base64url");
  const worker = await store(home, await buildWorker(), "worker");
  const crasher = await store(home, await buildCrasher(), "crasher");
  const names = [...Array.from({ length: tenants }, (_, index) => `tenant-${index}`), HOSTILE_TENANT];
  const workers = names.flatMap((tenant) =>
    ["books", "files"].map((extension) => ({ tenant, extension: `soak.${extension}` })),
  );
  const crashers = Array.from({ length: CRASHERS }, (_, index) => ({
    tenant: `mallory-${index}`,
    extension: "soak.crasher",
  }));
  const installs = new Map<string, ResolvedInstall>();
  for (const place of [...workers, ...crashers]) {
    const isCrasher = crashers.includes(place);
    const callMs = isCrasher || place.tenant === HOSTILE_TENANT ? HOSTILE_CALL_MS : timeoutMs / 2;
    const install = toInstall(place, isCrasher ? crasher : worker, callMs);
    installs.set(keyOf(place), install);
    // Calls that come back from the runner name the install.
    installs.set(keyOf({ tenant: place.tenant, extension: install.installId }), install);
  }

  const hits = new Map<string, number>();
  const writes = new Map<string, number>();
  const count = (book: Map<string, number>, id: string) => void book.set(id, (book.get(id) ?? 0) + 1);
  const upstream = await listen((req, res) => {
    count(hits, new URL(req.url ?? "/", "http://upstream").searchParams.get("id") ?? "");
    res.end("hit");
  });
  const storage = createMemoryStorage();
  const scope = { extensionId: "", requestId: null, versionId: null, contentHash: worker, callToken: null };
  const port = await freePort();
  const calls = await createCallAuthority({
    issuer: "stand",
    privateKeyPem: keys.gatewayPrivatePem,
    runnerPublicKeyPem: keys.runnerPublicPem,
  });
  const invoker = createHttpInvoker({ baseUrl: `http://127.0.0.1:${port}`, calls });
  const gateway = createGateway({
    authenticate: async (request) => ({
      tenantId: request.headers.get("x-stand-tenant") ?? "",
      userId: "u-1",
      userType: "service",
      email: "stand@host.test",
      name: "Stand",
      permissions: ["extension:read", "extension:write"],
    }),
    installs: {
      resolve: async ({ tenantId, extensionId }) => installs.get(`${tenantId} ${extensionId}`) ?? null,
    },
    hostApi: {
      async storage(owner, operation) {
        if (operation.operation === "put") count(writes, operation.key);
        return await storage.storage({ ...scope, ...owner }, operation, {
          signal: AbortSignal.timeout(5_000),
        });
      },
    },
    audit: { started: async () => "row", finished: async () => undefined },
    rateLimiter: { take: async () => ({ allowed: true }) },
    invoker,
    calls,
    runnerAuthToken: token,
    timeoutMs,
  });
  const host = await listen(toNodeHandler((request) => gateway.fetch(request)));

  let runner: ChildProcess | null = null;
  let ready = Promise.withResolvers<void>();
  let starts = 0;
  let isClosing = false;
  const start = () => {
    starts += 1;
    // As its first line says.
    const args = ["--max-semi-space-size=4", builtFile(packages.root, "runner/dist/bin.js")];
    const child = spawn(process.execPath, args, {
      env: {
        PATH: process.env["PATH"],
        TMPDIR: temporary,
        PORT: String(port),
        RUNNER_UI_PORT: "0",
        RUNNER_BUNDLE_DIR: join(home, "blobs"),
        EXT_CACHE_ROOT: join(home, "cache"),
        GATEWAY_PUBLIC_KEY: keys.gatewayPublicPem,
        RUNNER_PRIVATE_KEY_FILE: keys.runnerPrivatePem,
        STORAGE_API_BASE_URL: host.url,
        RUNNER_STORAGE_API_TOKEN: token,
        ALGA_ALLOW_UNSIGNED: "1",
        ALGA_EGRESS_OVERRIDES: JSON.stringify({ "upstream.example": upstream.url }),
        ALGA_EXIT_WITH_STDIN: "1",
        RUNTIME_LIMITS: JSON.stringify(limits),
      },
      stdio: ["pipe", "pipe", "pipe"],
    });
    runner = child;
    child.stderr.resume();
    child.stdout.once("data", () => ready.resolve());
    child.once("exit", () => {
      runner = null;
      ready = Promise.withResolvers<void>();
      if (!isClosing) start();
    });
  };
  start();
  await ready.promise;

  const call: Stand["call"] = async ({ tenant, extension }, method, target) => {
    const request = new Request(`http://host.test/api/ext/${extension}${target}`, {
      method,
      headers: { "x-stand-tenant": tenant },
    });
    const response = await gateway.fetch(request);
    const text = (await response?.text()) ?? "";
    return { status: response?.status ?? 0, code: codeOf(text), text };
  };

  return {
    workers,
    crashers,
    effects: { writes, hits },
    temporary,
    get runnerPid() {
      return runner?.pid ?? null;
    },
    get starts() {
      return starts;
    },
    call,
    async metrics() {
      const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
        (answer) => answer.text(),
        () => "",
      );
      const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      return new Map(
        lines.map((line) => [
          line.slice(0, line.lastIndexOf(" ")),
          Number(line.slice(line.lastIndexOf(" ") + 1)),
        ]),
      );
    },
    async warm() {
      for (const place of [...workers, ...crashers])
        for (let tries = 0; (await call(place, "GET", "/read?id=warm")).status !== 200; tries += 1)
          if (tries === WARM_TRIES) throw new Error(`${keyOf(place)} does not answer.`);
    },
    listening: () => ready.promise,
    async close() {
      isClosing = true;
      const child = runner;
      if (child !== null) {
        const exited = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await exited;
      }
      await invoker.close();
      await gateway.close();
      await Promise.all([host, upstream].map((server) => server.close()));
      const left = readdirSync(temporary);
      packages.remove();
      rmSync(home, { recursive: true, force: true });
      return left;
    },
  };
}

/** What is left in the runner's temporary directory. */
export function leftovers(stand: Pick<Stand, "temporary">): readonly string[] {
  return readdirSync(stand.temporary);
}

function codeOf(text: string): string | null {
  if (!text.startsWith("{")) return null;
  const { error } = JSON.parse(text) as { error?: unknown };
  return typeof error === "string" ? error : null;
}

const keyOf = ({ tenant, extension }: Place) => `${tenant} ${extension}`;

function toInstall(
  { tenant, extension }: Place,
  contentHash: ContentHash,
  timeoutMs: number,
): ResolvedInstall {
  return {
    tenantId: tenant,
    installId: randomUUID(),
    registryId: randomUUID(),
    versionId: randomUUID(),
    version: "1.0.0",
    slug: extension,
    displayName: extension,
    contentHash,
    endpoints: ENDPOINTS,
    providers: ["cap:http.fetch", "cap:storage.kv", "cap:log.emit"],
    egress: ["upstream.example"],
    config: {},
    configVersion: "1",
    secretsVersion: null,
    secretEnvelope: null,
    limits: { timeout_ms: timeoutMs },
    clientPortal: false,
  };
}

async function store(home: string, component: Uint8Array, name: string): Promise<ContentHash> {
  const manifest = { name, publisher: "soak", version: "1.0.0", runtime: "wasm-js@1" };
  const { archive, contentHash } = await pack({
    "manifest.json": Buffer.from(JSON.stringify(manifest)),
    "dist/main.wasm": component,
  });
  const path = join(home, "blobs", bundleBlobPath(contentHash));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, archive);
  return contentHash;
}

interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

async function listen(listener: RequestListener): Promise<Listening> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function freePort(): Promise<number> {
  const server = await listen(() => undefined);
  await server.close();
  return Number(new URL(server.url).port);
}
