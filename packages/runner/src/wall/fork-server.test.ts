import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, expect, it, vi } from "vitest";
import { startForkServer } from "./fork-server.ts";
import type { SandboxedProcess } from "./sandboxed-process.ts";
import { findWallTools } from "./tools.ts";

const { execPath } = process;
const setpriv = findWallTools().setpriv as string;
const node = (script: string) => ({ file: execPath, args: ["-e", script] });
const plain = (args: readonly string[]) => ({ file: execPath, args });
const dist = new URL("../../dist/wall/fork-server.js", import.meta.url).href;

const server = startForkServer(plain);
afterAll(() => server.close());

/** All of its output, when it has ended. */
async function outputOf(child: SandboxedProcess): Promise<string> {
  const chunks: Buffer[] = [];
  child.onOutput((chunk) => chunks.push(chunk));
  await child.ended;
  return Buffer.concat(chunks).toString("utf8");
}
const parentOf = (pid: number) =>
  Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
/** Runs until somebody ends it, whatever becomes of its pipes. */
const DEAF = `process.stdout.on("error", () => undefined); process.stdin.once("data", () => process.stdout.write("up")); setInterval(() => undefined, 1e3);`;
const ask = async (child: SandboxedProcess) => {
  child.write([Buffer.from("?")]);
  await new Promise<void>((resolve) => child.onOutput(() => resolve()));
};

it("hands over pipes and how the process ended, and gives it no environment", async () => {
  const child = server.start(
    node(
      `process.stderr.write("oh"); process.stdin.on("data", (d) => process.stdout.write(d)).on("end", () => process.exit(Object.keys(process.env).length + 7))`,
    ),
  );
  child.write([Buffer.from("a"), Buffer.from("b")]);
  child.write([Buffer.from("c")]);
  child.endInput();
  expect(child.isWritable).toBe(false);
  expect(await outputOf(child)).toBe("abc");
  expect(await child.ended).toEqual({ code: 7, signal: null });
  expect(child.complaint()).toBe("oh");
});

it("passes megabytes both ways, written before it runs", async () => {
  const child = server.start(node(`process.stdin.pipe(process.stdout)`));
  const parts = Array.from({ length: 9 }, (_, index) => Buffer.alloc(700_001, 97 + index));
  const taken: number[] = [];
  child.write(parts.slice(0, 4), () => taken.push(4));
  expect(child.unreadBytes).toBe(4 * 700_001);
  child.write([]);
  child.write(parts.slice(4), () => taken.push(5));
  expect(taken).toEqual([]);
  child.endInput();
  expect(await outputOf(child)).toBe(Buffer.concat(parts).toString("utf8"));
  expect(child.unreadBytes).toBe(0);
  expect(taken).toEqual([4, 5]);
});

it("tells of a program that is not there, and goes on", async () => {
  const missing = server.start({ file: "/nowhere/node", args: [] });
  missing.write([Buffer.from("lost")]);
  expect(await missing.ended).toEqual({ code: null, signal: null });
  expect(missing.complaint()).toContain("ENOENT");
  expect(missing.pid).toBeUndefined();
  const next = server.start(node(`process.stdin.pipe(process.stdout)`));
  next.write([Buffer.from("on")]);
  next.endInput();
  expect(await outputOf(next)).toBe("on");
  const tooLong = server.start({ file: execPath, args: ["-e", "", "x".repeat(1 << 20)] });
  expect(await tooLong.ended).toEqual({ code: null, signal: null });
  expect(tooLong.complaint()).toContain("E2BIG");
});

it("passes on the words of a program that ends at once", async () => {
  for (let round = 0; round < 30; round += 1) {
    const child = server.start({ file: "/bin/sh", args: ["-c", "echo why >&2; exit 3"] });
    expect([await child.ended, child.complaint()]).toEqual([{ code: 3, signal: null }, "why\n"]);
  }
});

it("ends what is killed before it runs, and while it does", async () => {
  const early = server.start(node(DEAF));
  early.kill();
  const late = server.start(node(DEAF));
  await ask(late);
  late.kill();
  for (const child of [early, late]) {
    expect(await child.ended).toEqual({ code: null, signal: "SIGKILL" });
    child.kill();
    child.write([Buffer.from("nobody")]);
    expect(child.isWritable).toBe(false);
  }
  expect(isAlive(late.pid as number)).toBe(false);
});

it("takes little of what a process writes where it should read", async () => {
  const before = process.memoryUsage().rss;
  const child = server.start(
    node(`const { Socket } = require("node:net");
      const flood = new Socket({ fd: 0 }); flood.on("error", () => undefined); let sent = 0;
      const more = () => { sent += 1; flood.write(Buffer.alloc(1 << 20), more); }; more();
      setTimeout(() => { console.log(sent); process.exit(); }, 300)`),
  );
  child.write([Buffer.from("?")]);
  expect(Number(await outputOf(child))).toBeLessThan(3);
  expect(process.memoryUsage().rss - before).toBeLessThan(100 << 20);
});

it("tells the end of a process though something else holds its stderr", async () => {
  const child = server.start(
    node(`process.stdin.once("data", () => {
      require("node:child_process").spawn("/bin/sleep", ["20"], { stdio: ["ignore", "ignore", 2], detached: true }).unref();
      process.stdout.write("up"); process.exit(3); })`),
  );
  await ask(child);
  expect(await Promise.race([child.ended, delay(10_000, "late")])).toEqual({ code: 3, signal: null });
});

it("is not ended by what tells a whole group or service to end", async () => {
  const child = server.start(node(DEAF));
  await ask(child);
  const pid = parentOf(child.pid as number);
  expect(parentOf(pid)).toBe(process.pid);
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) process.kill(pid, signal);
  const next = server.start(node(DEAF));
  await ask(next);
  expect(parentOf(next.pid as number)).toBe(pid);
  child.kill();
  next.kill();
  expect(await child.ended).toEqual({ code: null, signal: "SIGKILL" });
  await next.ended;
});

it("loses what it started with the fork server, and the next start brings another", async () => {
  const own = startForkServer((args) => ({
    file: setpriv,
    args: ["--pdeathsig", "KILL", "--", execPath, ...args],
  }));
  const started = () =>
    own.start({ file: setpriv, args: ["--pdeathsig", "KILL", "--", execPath, "-e", DEAF] });
  const first = started();
  await ask(first);
  const pid = first.pid as number;
  process.kill(parentOf(pid), "SIGKILL");
  const between = started();
  expect(await first.ended).toEqual({ code: null, signal: null });
  expect(first.complaint()).toContain("SIGKILL");
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
  const second = started();
  await ask(second);
  const third = started();
  const ended = [between, second, third].map((child) => child.ended);
  await Promise.all([own.close(), own.close()]);
  await Promise.all(ended);
  await vi.waitFor(() => expect(isAlive(second.pid as number)).toBe(false));
  const afterwards = own.start(node(DEAF));
  expect(await afterwards.ended).toEqual({ code: null, signal: null });
});

it.each([0, 1, 2, 5])(
  "starts what %i descriptors are enough for, keeps what runs, and goes on when there are more again",
  async (free) => {
    const script = `import { closeSync, openSync } from "node:fs";
    import { startForkServer } from ${JSON.stringify(dist)};
    const server = startForkServer((args) => ({ file: process.execPath, args }));
    const started = [];
    const start = () => started[started.push(server.start({ file: process.execPath, args: ["-e", ${JSON.stringify(DEAF)}] })) - 1];
    const ask = (child) => new Promise((resolve) => {
      child.onOutput(() => resolve("up"));
      child.ended.then(() => resolve("ended"));
      child.write([Buffer.from("?")]);
    });
    const survivor = start();
    let isAlive = true;
    survivor.ended.then(() => (isAlive = false));
    const before = await ask(survivor);
    const held = [];
    try { for (;;) held.push(openSync("/dev/null")); } catch {}
    for (let left = ${free}; left > 0; left -= 1) closeSync(held.pop());
    const starved = await Promise.all([1, 2, 3, 4, 5].map(() => ask(start())));
    for (const descriptor of held) closeSync(descriptor);
    const after = [await ask(start()), await ask(start())];
    console.log(JSON.stringify({ before, started: starved.filter((one) => one === "up").length, after, isAlive }));
    // They do not end by themselves.
    for (const one of started) one.kill();
    await Promise.all(started.map((one) => one.ended));
    await server.close();
    process.exit();`;
    const { stdout } = await promisify(execFile)("prlimit", [
      "--nofile=100",
      "--",
      execPath,
      "--input-type=module",
      "-e",
      script,
    ]);
    // Two for each: input and output.
    expect(JSON.parse(stdout)).toEqual({
      before: "up",
      started: Math.floor(free / 2),
      after: ["up", "up"],
      isAlive: true,
    });
  },
);

it("keeps nobody from ending, and lives no longer than who started it", async () => {
  const script = `import { startForkServer } from ${JSON.stringify(dist)};
    const server = startForkServer((args) => ({ file: process.execPath, args }));
    const child = server.start({ file: process.execPath, args: ["-e", ""] });
    await child.ended;
    const { readFileSync } = await import("node:fs");
    console.log(readFileSync("/proc/self/task/" + process.pid + "/children", "latin1"));`;
  const { stdout } = await promisify(execFile)(execPath, ["--input-type=module", "-e", script]);
  const pid = Number(stdout);
  expect(pid).toBeGreaterThan(1);
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
});
