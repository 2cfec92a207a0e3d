import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPemSigner, generateSigningKey, readBundle } from "@alga-ext/bundle/node";
import { sign, toStatement } from "@alga-ext/bundle";
import {
  bundleBlobPath,
  bundleSignaturePath,
  type ContentHash,
  type ExecuteRequest,
  type ExecuteResponse,
} from "@alga-ext/protocol";
import { buildComponent } from "../test-support/build-component.ts";
import { createTestGateway } from "../test-support/call-token.ts";
import { bodyOf, generateKeys, packTestBundle, requestFor } from "../test-support/test-runner.ts";

const BIN = fileURLToPath(new URL("../dist/bin.js", import.meta.url));
const GUEST = `export function handler(request) { if (request.http.url === "/loop") for (;;) {} return answer("hello"); }`;

const keys = generateKeys();
let directory: string;
let hash: ContentHash;
let env: Record<string, string>;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "alga-runner-bin-"));
  const bundle = await packTestBundle(
    { component: await buildComponent(GUEST), ui: { "index.html": "<p>hi" } },
    "bin-test",
  );
  hash = bundle.contentHash;
  const signing = await generateSigningKey();
  const statement = toStatement(await readBundle(bundle.archive), { createdAt: new Date().toISOString() });
  const signatures = await sign(statement, await createPemSigner(signing.privateKeyPem));
  const store = (path: string, bytes: Uint8Array | string) => {
    mkdirSync(dirname(join(directory, "blobs", path)), { recursive: true });
    writeFileSync(join(directory, "blobs", path), bytes);
  };
  store(bundleBlobPath(hash), bundle.archive);
  store(bundleSignaturePath(hash), signatures);
  writeFileSync(join(directory, "runner.pem"), keys.runnerPrivateKeyPem);
  env = {
    PATH: process.env["PATH"] ?? "",
    PORT: "0",
    RUNNER_UI_PORT: "0",
    RUNNER_BUNDLE_DIR: join(directory, "blobs"),
    EXT_CACHE_ROOT: join(directory, "cache"),
    SIGNING_TRUST_BUNDLE: signing.publicKeyPem,
    GATEWAY_PUBLIC_KEY: keys.gatewayPublicKeyPem,
    RUNNER_PRIVATE_KEY_FILE: join(directory, "runner.pem"),
    ALGA_ALLOW_NO_WALL: "1",
    ALGA_EXIT_WITH_STDIN: "1",
    // What a killed runner leaves behind goes with the directory.
    TMPDIR: directory,
  };
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "close");
  }
  rmSync(directory, { recursive: true });
});

/** Run the bin to its end. */
async function runOnce(
  args: readonly string[],
  overrides: Record<string, string> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [...args], { env: { ...env, ...overrides }, stdio: "pipe" });
  children.push(child);
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString("utf8")));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}

/** Start the bin and wait for its ports. */
async function start(
  overrides: Record<string, string> = {},
  [command, ...args]: readonly [string, ...string[]] = [process.execPath, BIN],
): Promise<{ child: ChildProcess; base: string; ui: string; log: () => string }> {
  const child = spawn(command, args, {
    env: { ...env, ...overrides },
    stdio: ["pipe", "pipe", "pipe"],
  });
  children.push(child);
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString("utf8")));
  const exited = once(child, "close").then(([code]) => {
    throw new Error(`ended with ${String(code)}: ${log}`);
  });
  exited.catch(() => undefined);
  await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), exited]);
  const ready = log.split("\n").find((line) => line.includes("runner is ready")) ?? "{}";
  const { port, uiPort } = JSON.parse(ready) as { port: number; uiPort: number };
  return { child, base: `http://127.0.0.1:${port}`, ui: `http://127.0.0.1:${uiPort}`, log: () => log };
}

async function call(
  base: string,
  path: string,
  overrides: Partial<ExecuteRequest> = {},
): Promise<ExecuteResponse> {
  const gateway = createTestGateway(keys);
  const handshake = JSON.stringify({ token: await gateway.handshakeToken() });
  await fetch(`${base}/v1/handshake`, { method: "POST", body: handshake });
  const request = gateway.request(requestFor(hash, path, overrides));
  const response = await fetch(`${base}/v1/execute`, {
    method: "POST",
    headers: request.headers,
    body: await request.text(),
  });
  return (await response.json()) as ExecuteResponse;
}

/** Every process below one, by the kernel's own book. */
function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // it ended meanwhile
    }
  }
  const below = (parent: number): number[] =>
    [...parents].flatMap(([child, of]) => (of === parent ? [child, ...below(child)] : []));
  return below(pid);
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

const allGone = (pids: readonly number[]) =>
  vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 5_000, interval: 20 });

describe("alga-ext-runner", () => {
  it("runs a signed bundle and serves health on its internal port only", async () => {
    const { base, ui } = await start();
    expect(bodyOf(await call(base, "/"))).toBe("hello");
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect((await fetch(`${ui}/healthz`)).status).toBe(404);
    expect((await fetch(`${ui}/v1/execute`, { method: "POST", body: "{}" })).status).toBe(404);
    // Without a registry to ask, no UI counts as installed.
    expect((await fetch(`${ui}/ext-ui/ext-1/${hash}/index.html`)).status).toBe(404);
  });

  it("leaves no process behind after kill -9, SIGTERM or the end of stdin", async () => {
    for (const end of [
      (child: ChildProcess) => child.kill("SIGKILL"),
      (child: ChildProcess) => child.kill("SIGTERM"),
      (child: ChildProcess) => child.stdin?.end(),
    ]) {
      const { child, base } = await start();
      await call(base, "/");
      const looping = call(base, "/loop").catch(() => null);
      const pids = await vi.waitFor(() => {
        const found = descendants(child.pid as number);
        expect(found.length).toBeGreaterThan(0);
        return found;
      });
      end(child);
      await once(child, "close");
      await looping;
      await allGone(pids);
    }
  });

  it("reports a cell killed mid-call and answers the next", async () => {
    const { child, base } = await start();
    await call(base, "/");
    const pids = descendants(child.pid as number);
    const looping = call(base, "/loop");
    await vi.waitFor(async () =>
      expect(await (await fetch(`${base}/metrics`)).text()).toContain("calls_in_flight 1"),
    );
    for (const pid of pids.filter(isAlive)) process.kill(pid, "SIGKILL");
    expect(await looping).toMatchObject({ status: 502, error: "runner_crashed" });
    expect(bodyOf(await call(base, "/"))).toBe("hello");
  });

  it("does not run a bundle whose signature it does not trust", async () => {
    const { base } = await start({ SIGNING_TRUST_BUNDLE: (await generateSigningKey()).publicKeyPem });
    expect(await call(base, "/")).toMatchObject({ status: 502, error: "bundle_fetch_failed: untrusted_key" });
  });

  it("S09: stops a revoked bundle that is running, within seconds of the trust document's change", async () => {
    const policy = join(directory, "trust.json");
    const put = (version: number, revocations: object[]) => {
      writeFileSync(
        `${policy}.new`,
        JSON.stringify({ version, expires: "2999-01-01T00:00:00Z", revocations }),
      );
      renameSync(`${policy}.new`, policy);
    };
    put(1, []);
    const { child, base, log } = await start({ SIGNING_TRUST_POLICY: policy });
    expect(bodyOf(await call(base, "/"))).toBe("hello");
    const looping = call(base, "/loop");
    await vi.waitFor(async () =>
      expect(await (await fetch(`${base}/metrics`)).text()).toContain("calls_in_flight 1"),
    );
    const cells = descendants(child.pid as number);
    put(2, [{ digest: hash, reason: "malware" }]);
    expect(await looping).toMatchObject({ status: 502, error: "runner_crashed" });
    // The spare, which is empty, stays.
    await vi.waitFor(() => expect(cells.every(isAlive)).toBe(false), { timeout: 5_000, interval: 20 });
    expect(await call(base, "/")).toMatchObject({
      status: 502,
      error: "bundle_fetch_failed: revoked_digest",
    });
    put(1, []);
    await vi.waitFor(() => expect(log()).toContain("trust_version_not_newer"), { timeout: 10_000 });
    expect(await call(base, "/")).toMatchObject({ error: "bundle_fetch_failed: revoked_digest" });
  });

  it("names what is wrong", async () => {
    await expect(start({ GATEWAY_PUBLIC_KEY: "" })).rejects.toThrow("GATEWAY_PUBLIC_KEY");
  });

  it("lets running calls end after SIGTERM, and answers what it cuts", async () => {
    for (const [drainMs, timeoutMs, error] of [
      ["10000", 700, "deadline_exceeded"],
      ["100", 20_000, "runner_crashed"],
    ] as const) {
      const { child, base } = await start({ RUNNER_DRAIN_MS: drainMs });
      await call(base, "/");
      const running = call(base, "/loop", { limits: { timeout_ms: timeoutMs } });
      await vi.waitFor(async () =>
        expect(await (await fetch(`${base}/metrics`)).text()).toContain("calls_in_flight 1"),
      );
      const pids = descendants(child.pid as number);
      // As a terminal and a service manager do: to all of them.
      for (const pid of [child.pid as number, ...pids.filter(isAlive)]) process.kill(pid, "SIGTERM");
      const [[code]] = await Promise.all([once(child, "close"), running]);
      expect([code, (await running).error?.split(":")[0]]).toEqual([0, error]);
      await allGone(pids);
    }
  });

  it("runs as the program that npm makes of it", async () => {
    const link = join(directory, "alga-ext-runner");
    symlinkSync(BIN, link);
    // As npm does when it installs a package.
    chmodSync(BIN, 0o755);
    const { base, child } = await start({ PATH: `${dirname(process.execPath)}:${env["PATH"] ?? ""}` }, [
      link,
    ]);
    expect(bodyOf(await call(base, "/"))).toBe("hello");
    expect(
      readFileSync(`/proc/${child.pid ?? 0}/cmdline`, "utf8")
        .split("\0")
        .slice(1, 3),
    ).toEqual(["--max-semi-space-size=4", link]);
  });

  it("keeps descriptors for cells, however many connect and say nothing", async () => {
    const { base, ui } = await start({}, ["prlimit", "--nofile=300", process.execPath, BIN]);
    const sockets = [base, ui].flatMap((url) =>
      Array.from({ length: 400 }, () =>
        connect(Number(new URL(url).port), "127.0.0.1").on("error", () => undefined),
      ),
    );
    try {
      await vi.waitFor(() => expect(sockets.filter(({ closed }) => closed).length).toBeGreaterThan(600), {
        timeout: 10_000,
      });
      expect(bodyOf(await call(base, "/"))).toBe("hello");
      expect((await fetch(`${ui}/`)).status).toBe(404);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  it("says what it reads, which version it is, and that it takes nothing else", async () => {
    const help = await runOnce([BIN, "--help"]);
    expect([help.code, help.out]).toEqual([0, expect.stringContaining("RUNNER_BUNDLE_DIR")]);
    const version = await runOnce([BIN, "--version"]);
    expect([version.code, version.out]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
    expect(await runOnce([BIN, "--port=1"])).toMatchObject({ code: 2, out: "" });
  });

  it("tells a wrong configuration from a machine it cannot run on", async () => {
    expect(await runOnce([BIN], { RUNTIME_LIMITS: "{" })).toMatchObject({ code: 2 });
    const { base } = await start();
    expect(await runOnce([BIN], { PORT: new URL(base).port })).toMatchObject({ code: 1 });
  });

  it("refuses a Node it was not made for", async () => {
    const old = "Object.defineProperty(process, 'versions', { value: { node: '22.1.0' } });";
    const preload = `--import=data:text/javascript,${encodeURIComponent(old)}`;
    const { code, err } = await runOnce([preload, BIN]);
    expect([code, err]).toEqual([2, expect.stringContaining("Node 24")]);
  });
});
