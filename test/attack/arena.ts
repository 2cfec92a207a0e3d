import { generateKeyPairSync } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { chai, expect, onTestFinished } from "vitest";
import type { Runner, RunnerOptions } from "@alga-ext/runner";
import type { ContentHash, ExecuteRequest, ExecuteResponse, StoredBundle } from "@alga-ext/protocol";
import { buildComponent } from "../../packages/runner/test-support/build-component.ts";
import { HOSTILE_GUEST, NEIGHBOUR_GUEST } from "./fixtures/hostile-guest.ts";
import { countMaps, descendants, rssBytes } from "./machine.ts";
import { loadPackages, type Packages } from "./packages.ts";
import { record, recordBusy, recordQuiet, type Entry } from "./report.ts";

// A red row says which codes it met.
chai.config.truncateThreshold = 400;

/** Pause between two calls of the neighbour: it watches, it does not load. */
const NEIGHBOUR_PAUSE_MS = 4;
/** Calls of the neighbour alone, before the attacks and after them. */
const QUIET_CALLS = Number(process.env["ATTACK_QUIET_CALLS"] ?? 200);
/** Calls at once of the busy tenant: enough that its cell never waits for the next one. */
const BUSY_CALLERS = 2;
/** The neighbour watches at least this long: short attacks have an aftermath. */
const WATCHED_CALLS = 20;
/** An install whose cell is just being killed may be told to come again. */
const RECOVERY_MS = 3_000;

/** Who attacks and who lives next door; `busy` is as honest as the neighbour and has more to do. */
export const TENANT = { attacker: "mallory", neighbour: "alice", busy: "bob" } as const;
const INSTALLS: Readonly<Record<string, string>> = {
  [TENANT.attacker]: "11111111-1111-4111-8111-111111111111",
  [TENANT.busy]: "44444444-4444-4444-8444-444444444444",
};

/** A call as attacks make it. */
export interface AttackCall {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly timeoutMs?: number;
  readonly egress?: readonly string[];
  readonly extra?: Partial<ExecuteRequest>;
  readonly signal?: AbortSignal;
}

/** What was seen while an attack ran. */
export interface Sight {
  /** Most memory this process took on top of what it had, in bytes. */
  readonly ownGrowthBytes: number;
  /** Most memory that any one process below it took on top of what it had, in bytes. */
  readonly childGrowthBytes: number;
  /** Most mappings that any one process below it had. */
  readonly childMaps: number;
}

/** A runner with a hostile tenant and a neighbour. */
export interface Arena {
  readonly runner: Runner;
  readonly packages: Packages;
  readonly keys: { readonly runnerPublicKeyPem: string };
  /** The JavaScript guest of many sins. */
  readonly hostile: ContentHash;
  /** Add a component to what the runner can load. */
  admit(component: Uint8Array): Promise<ContentHash>;
  /** One call of the attacker. */
  call(hash: ContentHash, call?: AttackCall): Promise<ExecuteResponse>;
  /** The same of another tenant. */
  callAs(tenant: string, hash: ContentHash, call?: AttackCall): Promise<ExecuteResponse>;
  /**
   * Attack while the neighbour calls and is answered; then the attacker's own install must work again.
   *
   * @param goodHash - what the attacker calls afterwards; by default the hostile guest's `/ok`
   */
  survive<T>(
    row: string,
    attack: () => Promise<T>,
    goodHash?: ContentHash,
  ): Promise<{ result: T; sight: Sight }>;
  close(): Promise<void>;
}

/** Options of {@link openArena}. */
export interface ArenaOptions extends Partial<RunnerOptions> {
  readonly packages?: Packages;
  /** Components instead of the usual guests. */
  readonly guests?: { readonly hostile: Uint8Array; readonly neighbour: Uint8Array };
}

/** Start a runner of the built packages with real cells behind the machine's wall. */
export async function openArena({ packages: given, guests, ...options }: ArenaOptions = {}): Promise<Arena> {
  const packages = given ?? (await loadPackages());
  const stored = new Map<ContentHash, StoredBundle>();
  const gateway = generateKeyPairSync("ed25519");
  const own = generateKeyPairSync("x25519");
  const runner = await packages.runner.createRunner({
    bundles: packages.testing.createMemoryBundles(stored),
    trust: null,
    allowUnsigned: true,
    gatewayPublicKeyPem: gateway.publicKey.export({ type: "spki", format: "pem" }) as string,
    runnerPrivateKeyPem: own.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    ...options,
  });
  let admitted = 0;
  const admit = async (component: Uint8Array): Promise<ContentHash> => {
    const manifest = {
      name: `guest-${(admitted += 1)}`,
      publisher: "attack",
      version: "1.0.0",
      runtime: "wasm-js@1",
    };
    const { archive, contentHash } = await packages.bundleNode.pack({
      "manifest.json": new TextEncoder().encode(JSON.stringify(manifest)),
      "dist/main.wasm": component,
    });
    stored.set(contentHash, { archive, signatures: null });
    return contentHash;
  };
  const hostile = await admit(guests?.hostile ?? (await buildComponent(HOSTILE_GUEST)));
  const neighbour = await admit(guests?.neighbour ?? (await buildComponent(NEIGHBOUR_GUEST)));
  const call = (hash: ContentHash, attack: AttackCall = {}, tenant: string = TENANT.attacker) =>
    runner.execute(
      toRequest(tenant, hash, attack),
      attack.signal === undefined ? {} : { signal: attack.signal },
    );
  const good = async (hash: ContentHash, tenant: string, path = "/ok"): Promise<number> => {
    const started = performance.now();
    const response = await call(hash, { path }, tenant);
    expect([response.status, response.error]).toEqual([200, null]);
    return performance.now() - started;
  };
  const recover = async (hash: ContentHash): Promise<number> => {
    const started = performance.now();
    for (;;) {
      const response = await call(hash, { path: "/ok" });
      const isSettling = ["runner_crashed", "not_admitted"].includes(codeOf(response));
      if (!isSettling || performance.now() - started > RECOVERY_MS)
        expect([response.status, response.error]).toEqual([200, null]);
      if (response.status === 200) return performance.now() - started;
    }
  };
  // Preparing takes longer than a call may on a busy machine.
  await runner.prepare(neighbour);
  await runner.prepare(hostile);
  await good(neighbour, TENANT.neighbour);
  await good(hostile, TENANT.attacker);
  const measure = async (): Promise<readonly number[]> => {
    const latencies: number[] = [];
    for (let index = 0; index < QUIET_CALLS; index += 1) {
      latencies.push(await good(neighbour, TENANT.neighbour));
      await delay(NEIGHBOUR_PAUSE_MS);
    }
    return latencies;
  };
  /** What an honest tenant costs the neighbour that calls as fast as one core lets it: an attack should cost no more. */
  const measureBusy = async (): Promise<readonly number[]> => {
    const progress = { isOver: false };
    const busy = Array.from({ length: BUSY_CALLERS }, async () => {
      while (!progress.isOver) await good(neighbour, TENANT.busy, "/busy");
    });
    try {
      return await measure();
    } finally {
      progress.isOver = true;
      await Promise.all(busy);
    }
  };
  const measureHonest = async () => {
    recordQuiet(await measure());
    recordBusy(await measureBusy());
  };
  await good(neighbour, TENANT.busy);
  await measureHonest();
  let attacks = 0;

  return {
    runner,
    packages,
    keys: { runnerPublicKeyPem: own.publicKey.export({ type: "spki", format: "pem" }) as string },
    hostile,
    admit,
    call: (hash, attack) => call(hash, attack),
    callAs: (tenant, hash, attack) => call(hash, attack, tenant),
    async survive(row, attack, goodHash = hostile) {
      attacks += 1;
      const latencies: number[] = [];
      const entry: Entry = { row, verdict: "broken", attackMs: 0, recoveryMs: 0, latencies };
      record(entry);
      // What an attack came to is asserted when it is over: the row holds when its test does.
      onTestFinished(({ task }) => {
        if (task.result?.state === "pass") entry.verdict = "holds";
      });
      const before = process.memoryUsage.rss();
      const childrenBefore = new Map(descendants(process.pid).map((pid) => [pid, rssBytes(pid)]));
      let peak = before;
      let childGrowthBytes = 0;
      let childMaps = 0;
      const look = () => {
        peak = Math.max(peak, process.memoryUsage.rss());
        for (const pid of descendants(process.pid)) {
          childGrowthBytes = Math.max(childGrowthBytes, rssBytes(pid) - (childrenBefore.get(pid) ?? 0));
          childMaps = Math.max(childMaps, countMaps(pid));
        }
      };
      const progress = { isOver: false };
      const watch = async () => {
        while (!progress.isOver || latencies.length < WATCHED_CALLS) {
          latencies.push(await good(neighbour, TENANT.neighbour));
          if (latencies.length % 5 === 1) look();
          await delay(NEIGHBOUR_PAUSE_MS);
        }
      };
      const started = performance.now();
      const watching = watch();
      try {
        const result = await attack();
        entry.attackMs = performance.now() - started;
        entry.recoveryMs = await recover(goodHash);
        progress.isOver = true;
        await watching;
        return { result, sight: { ownGrowthBytes: peak - before, childGrowthBytes, childMaps } };
      } finally {
        progress.isOver = true;
        await watching.catch(() => undefined);
      }
    },
    async close() {
      try {
        if (attacks > 0) await measureHonest();
      } finally {
        await runner.close({ graceMs: 100 });
      }
    },
  };
}

/** The code of an answer without its detail; `ok` when the guest answered. */
export function codeOf(response: ExecuteResponse): string {
  return response.error === null ? "ok" : (response.error.split(":")[0] as string);
}

/** The detail after the code. */
export function detailOf(response: ExecuteResponse): string {
  return response.error?.split(": ")[1] ?? "";
}

/** Body of an answer as text. */
export function textOf(response: ExecuteResponse): string {
  return Buffer.from(response.body_b64 ?? "", "base64").toString("utf8");
}

function toRequest(tenant: string, hash: ContentHash, call: AttackCall): ExecuteRequest {
  const { method = "GET", path = "/ok", body, timeoutMs = 10_000, egress = [], extra } = call;
  return {
    context: {
      request_id: "attack",
      tenant_id: tenant,
      extension_id: "22222222-2222-4222-8222-222222222222",
      install_id: INSTALLS[tenant] ?? "33333333-3333-4333-8333-333333333333",
      content_hash: hash,
      version_id: "v-1",
    },
    http: {
      method,
      path: path.split("?")[0] as string,
      query: queryOf(path),
      ...(body === undefined ? {} : { body_b64: Buffer.from(body).toString("base64") }),
    },
    limits: { timeout_ms: timeoutMs },
    providers: ["cap:context.read", "cap:secrets.get", "cap:http.fetch", "cap:storage.kv", "cap:log.emit"],
    egress,
    ...extra,
  };
}

function queryOf(path: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(path.split("?")[1] ?? ""));
}
