import { execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { raiseWall } from "./raise-wall.ts";
import type { SandboxedProcess } from "./sandboxed-process.ts";
import { spawnSandboxed } from "./spawn-sandboxed.ts";
import { findWallTools, type WallTools } from "./tools.ts";
import type { Wall } from "./wall.ts";

const GIB = 1024 * 1024 * 1024;

/** What hostile code in the process's own realm reports about its surroundings. */
interface Loot {
  readonly stolen: readonly string[];
  readonly environment: readonly string[];
  readonly fds: readonly number[];
  readonly uid: number;
}

/** Rows P01–P07: everything it can lay hands on is listed as stolen. */
const PROBE = `
const stolen = [];
const steal = (what, work) => { try { const got = work(); if (got !== undefined && got !== false) stolen.push(what); } catch {} };
const fs = require("node:fs"), os = require("node:os"), cp = require("node:child_process");
for (const path of ["/etc/passwd", "/etc/hostname", "/proc/self/environ", "/proc/1/environ", "/root/.bashrc", "/home", "/tmp"]) steal("read " + path, () => fs.statSync(path) && path);
for (const path of ["/tmp/loot", "/loot", "/dev/shm/loot", "/var/tmp/loot"]) {
  steal("write " + path, () => { fs.writeFileSync(path, "x"); return true; });
  steal("sqlite " + path, () => { const db = new (require("node:sqlite").DatabaseSync)(path + ".db"); db.exec("create table t(a)"); return true; });
}
steal("setuid", () => { process.setuid(0); return process.getuid() === 0 && OUTSIDE_ROOT; });
steal("spawn", () => cp.spawnSync("/bin/sh", ["-c", "echo"]).status === 0);
steal("worker", () => new (require("node:worker_threads").Worker)("1", { eval: true }));
steal("inspector", () => { require("node:inspector").open(0); return true; });
for (const pid of PIDS) steal("kill " + pid, () => process.kill(pid, 0));
steal("interface", () => Object.keys(os.networkInterfaces()).some((name) => name !== "lo"));
steal("eval", () => new Function("return 1")());
const fds = []; for (let fd = 0; fd < 64; fd += 1) { try { fs.fstatSync(fd); fds.push(fd); } catch {} }
const socket = require("node:net").connect(PORT, "127.0.0.1");
socket.on("connect", () => { stolen.push("connect"); report(); });
socket.on("error", report);
const resolveDns = require("node:dns").lookup; try { resolveDns("localhost.example", () => undefined); } catch {}
function report() {
  const environment = Object.keys(process.env);
  process.stdout.write(JSON.stringify({ stolen, environment, fds, uid: process.getuid() }), () => process.exit(0));
}
`;

const dist = (name: string) => new URL(`../../dist/wall/${name}`, import.meta.url).href;

/** Tiers this machine can try; bubblewrap only where it is installed. */
const tools = findWallTools();
const CASES: [string, Partial<WallTools>][] = [["unshare", { bwrap: null }]];
if (tools.bwrap !== null) CASES.push(["bwrap", {}]);

describe.each(CASES)("the %s tier", (tier, overrides) => {
  let wall: Wall | null = null;
  const server = createServer((socket) => socket.destroy());
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    wall = await raiseWall({ tools: overrides }).catch(() => null);
  });
  afterAll(async () => {
    await wall?.close();
    server.close();
  });

  it("holds against code that owns the whole process", async ({ skip }) => {
    skip(wall === null, "this machine has no namespaces");
    const raised = wall as Wall;
    expect(raised.tier).toBe(tier);
    const script = PROBE.replace("PORT", String((server.address() as AddressInfo).port))
      .replace("PIDS", JSON.stringify([process.pid, process.ppid]))
      .replace("OUTSIDE_ROOT", String(tools.isRoot));
    const child = spawnSandboxed(raised, { script, limits: { dataBytes: GIB } });
    const chunks: Buffer[] = [];
    child.onOutput((chunk) => chunks.push(chunk));
    await child.ended;
    const loot = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Loot;
    expect(loot.stolen).toEqual([]);
    expect(loot.environment.filter((name) => name !== "PWD")).toEqual([]);
    if (tools.isRoot) expect(loot.uid).toBe(65_534);
    // stdio, and what node opens for itself (epoll, event and signal descriptors).
    expect(loot.fds.length).toBeLessThan(24);
  });

  it("mounts nothing that could be written to, or bring devices or other users' rights", async ({ skip }) => {
    skip(wall === null, "this machine has no namespaces");
    const script = `process.stdin.on("end", () => process.exit(0)).resume(); process.stdout.write("up");`;
    const child = spawnSandboxed(wall as Wall, { script, limits: { dataBytes: GIB } });
    await output(child);
    const mounts = readFileSync(`/proc/${innermost(child.pid as number)}/mountinfo`, "utf8")
      .trim()
      .split("\n");
    child.kill();
    await child.ended;
    // What it cannot reach from its root directory is not listed.
    const options = mounts
      .map((line) => line.split(" "))
      .map(([, , , , path, words]) => [path, words] as const);
    expect(options.map(([path]) => path)).toEqual(
      expect.arrayContaining(["/", "/node", "/setpriv", "/usr/lib"]),
    );
    for (const [path, words] of options)
      expect([path, words?.split(",")]).toEqual([path, expect.arrayContaining(["ro", "nosuid", "nodev"])]);
  });

  it("passes on no descriptor that the supervisor was started with", async ({ skip }) => {
    skip(wall === null, "this machine has no namespaces");
    const directory = mkdtempSync(join(tmpdir(), "alga-fds-"));
    writeFileSync(join(directory, "signing.pem"), "TOP SECRET");
    const secret = openSync(join(directory, "signing.pem"), "r");
    const script = `const fs = require("node:fs"), found = [];
      for (let fd = 3; fd < 64; fd += 1) { try { const bytes = Buffer.alloc(10); fs.readSync(fd, bytes, 0, 10, 0); found.push(fd + " " + bytes); } catch {} }
      process.stdout.write(JSON.stringify(found), () => process.exit(0));`;
    const supervisor = `import { raiseWall } from ${JSON.stringify(dist("raise-wall.js"))};
      import { spawnSandboxed } from ${JSON.stringify(dist("spawn-sandboxed.js"))};
      import { readFileSync } from "node:fs";
      const wall = await raiseWall({ tools: ${JSON.stringify(overrides)} });
      const child = spawnSandboxed(wall, { script: ${JSON.stringify(script)}, limits: { dataBytes: ${GIB} } });
      child.onOutput((chunk) => process.stdout.write(chunk));
      await child.ended;
      process.stderr.write(readFileSync(3, "utf8"));
      await wall.close();`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", supervisor], {
      stdio: ["ignore", "pipe", "pipe", secret, "ignore", ...Array<"ignore">(30).fill("ignore"), secret],
    });
    const heard = { out: "", err: "" };
    child.stdout?.on("data", (chunk: Buffer) => (heard.out += chunk.toString("utf8")));
    child.stderr?.on("data", (chunk: Buffer) => (heard.err += chunk.toString("utf8")));
    await once(child, "close");
    closeSync(secret);
    rmSync(directory, { recursive: true });
    // The supervisor itself still has it, so the test did hand it over.
    expect(heard).toEqual({ out: "[]", err: "TOP SECRET" });
  });

  it("ends with the process that starts it, even while it computes, and the next start finds another", async ({
    skip,
  }) => {
    skip(wall === null, "this machine has no namespaces");
    const start = () =>
      spawnSandboxed(wall as Wall, {
        script: `require("fs").writeSync(1, "up"); for (;;);`,
        limits: { dataBytes: GIB },
      });
    const child = start();
    await output(child);
    const outer = child.pid as number;
    const inner = innermost(outer);
    const parent = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${outer}/status`, "utf8"))?.[1]);
    expect(parent).not.toBe(process.pid);
    process.kill(parent, "SIGKILL");
    await child.ended;
    await vi.waitFor(() => {
      for (const pid of [outer, inner])
        if (existsSync(`/proc/${pid}`))
          expect(readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(/^State:\s+[ZX]/m);
    });
    const next = start();
    await output(next);
    next.kill();
    await next.ended;
  });

  it("caps memory", async ({ skip }) => {
    skip(wall === null, "this machine has no namespaces");
    const script = `const kept = []; for (;;) kept.push(Buffer.alloc(64 << 20, 1));`;
    const child = spawnSandboxed(wall as Wall, { script, limits: { dataBytes: GIB } });
    const { code, signal } = await child.ended;
    expect(code === 0).toBe(false);
    expect(signal ?? code).not.toBeNull();
  });

  it("ends with its stdin and on SIGKILL", async ({ skip }) => {
    skip(wall === null, "this machine has no namespaces");
    const script = `process.stdin.on("end", () => process.exit(0)).resume(); process.stdout.write("up");`;
    const closing = spawnSandboxed(wall as Wall, { script, limits: { dataBytes: GIB } });
    await output(closing);
    closing.endInput();
    expect((await closing.ended).code).toBe(0);
    const killed = spawnSandboxed(wall as Wall, {
      script: `${script} for (;;);`,
      limits: { dataBytes: GIB },
    });
    await output(killed);
    killed.kill();
    expect((await killed.ended).code).not.toBe(0);
  });
});

/** What it says first. */
const output = (child: SandboxedProcess) =>
  new Promise<string>((resolve) => child.onOutput((chunk) => resolve(chunk.toString("utf8"))));

/** The last of the programs that a wall starts one from another. */
function innermost(pid: number): number {
  const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ")[0]);
  return child === 0 ? pid : innermost(child);
}

describe("raiseWall", () => {
  const nothing = { bwrap: null, unshare: null } as const;

  it("refuses to go without a wall unless it is allowed", async () => {
    await expect(raiseWall({ tools: nothing })).rejects.toMatchObject({ code: "wall_unavailable" });
    const nodeMajor = Number(process.versions.node.split(".")[0]);
    const allowed = raiseWall({ tools: nothing, allowNone: true });
    if (nodeMajor >= 25) {
      const wall = await allowed;
      expect(wall.tier).toBe("none");
      await wall.close();
    } else await expect(allowed).rejects.toMatchObject({ code: "wall_unavailable" });
  });

  it("passes over a tier that hangs", async () => {
    const directory = mkdtempSync(join(tmpdir(), "alga-hang-"));
    const hanging = join(directory, "unshare");
    writeFileSync(hanging, "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
    const tools = { bwrap: null, unshare: hanging };
    await expect(raiseWall({ tools, probeTimeoutMs: 300 })).rejects.toMatchObject({
      code: "wall_unavailable",
    });
    rmSync(directory, { recursive: true });
  });

  it("passes over a tier that only pretends", async () => {
    const fake = execFileSync("/bin/sh", ["-c", "command -v true"]).toString("utf8").trim();
    await expect(raiseWall({ tools: { bwrap: fake, unshare: fake } })).rejects.toMatchObject({
      code: "wall_unavailable",
      details: { passedOver: [expect.stringContaining("bwrap"), expect.stringContaining("unshare")] },
    });
  });
});
