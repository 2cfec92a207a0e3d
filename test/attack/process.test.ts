import { createSocket } from "node:dgram";
import { once } from "node:events";
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ALGA_EXTENSION_WIT } from "@alga-ext/protocol/wit";
import { codeOf, openArena, textOf, type Arena, type AttackCall } from "./arena.ts";
import { abstractAddress, compromisedCell } from "./fixtures/compromised-cell.ts";
import { coreGuest } from "./fixtures/core-guest.ts";
import { injectArtifact, injectGlue } from "./fixtures/injected-glue.ts";
import { slowStorage } from "./fixtures/slow-storage.ts";
import { wallTiers } from "./fixtures/walls.ts";
import { descendants, findSpinner, msUntilGone, openDirectories } from "./machine.ts";
import { BUILT_ROOT, copyPackages, loadPackages, replaceCell, type Packages } from "./packages.ts";
import { printReport } from "./report.ts";

const MIB = 1024 * 1024;
/** A cell that nobody called may use three seconds of CPU time, on a machine that others use too. */
const IDLE_WORK_MS = 40_000;

/** Node 24 has no permission for the network: there a cell may listen, in a namespace of its own where nobody is. */
const NETWORK = Number(process.versions.node.split(".")[0]) < 25 ? ["listen"] : [];

describe.each(wallTiers())("behind the %s wall, a cell that is wholly the attacker's", (tier, wall) => {
  let directory: string;
  let outside: string;
  const server = createServer((_request, response) => response.end("inside"));
  const unix = createServer((_request, response) => response.end("inside"));
  const abstract = createServer((_request, response) => response.end("inside"));
  const udp = createSocket("udp4");
  let copy: ReturnType<typeof copyPackages>;
  let arena: Arena;
  let bystander: Arena;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "alga-attack-outside-"));
    outside = join(directory, "host.db");
    process.env["ATTACK_SECRET"] = "attack-secret";
    writeFileSync(outside, "");
    unix.listen(join(directory, "host.sock"));
    abstract.listen(abstractAddress(join(directory, "host.sock")));
    server.listen(0, "127.0.0.1");
    udp.bind(0, "127.0.0.1");
    udp.on("message", (_message, { port }) => udp.send("pong", port, "127.0.0.1"));
    await Promise.all([server, unix, abstract, udp].map((one) => once(one, "listening")));
    const guest = {
      hostile: await coreGuest({ attack: "" }),
      neighbour: await coreGuest({ attack: "", pages: 3 }),
    };
    // Cells of another runner: what a process that breaks out could hurt.
    bystander = await openArena({ guests: guest, wall });
    const script = compromisedCell({
      port: (server.address() as AddressInfo).port,
      udpPort: udp.address().port,
      socketPath: join(directory, "host.sock"),
      pids: [process.pid, process.ppid, 1, ...descendants(process.pid)],
      targets: hostTargets(),
      outside,
    });
    copy = copyPackages([]);
    replaceCell(copy.root, script);
    const packages: Packages = await loadPackages(copy.root);
    arena = await openArena({
      packages,
      guests: guest,
      wall,
      storage: slowStorage(packages.testing.createMemoryStorage()),
    });
    expect(arena.runner.wall).toBe(tier);
  }, 180_000);
  afterAll(async () => {
    await arena?.close();
    await bystander?.close();
    copy?.remove();
    server.close();
    unix.close();
    abstract.close();
    udp.close();
    delete process.env["ATTACK_SECRET"];
    rmSync(directory, { recursive: true });
    printReport(`P. process and authority, ${tier}`);
  });

  const rob = async (row: string, name: string): Promise<unknown> => {
    const { result } = await arena.survive(`${row} (${tier})`, () =>
      arena.call(arena.hostile, { path: `/p/${name}` }),
    );
    expect(result).toMatchObject({ status: 200, error: null });
    // Its neighbours in other runners live, too.
    expect((await bystander.call(bystander.hostile)).status).toBe(200);
    return JSON.parse(textOf(result));
  };

  test("P01 reads and writes no file", async () => {
    expect(await rob("P01 files", "files")).toEqual([]);
  });

  test("P02 sqlite opens, attaches and vacuums nothing outside", async () => {
    expect(await rob("P02 sqlite", "sqlite")).toEqual([]);
    expect(statSync(outside).size).toBe(0);
  });

  test("P03 TCP, UDP, unix sockets, DNS and fetch reach nobody", async () => {
    expect(await rob("P03 network", "network")).toEqual(NETWORK);
  });

  test("P05 signals hurt nobody, and nobody is root", async () => {
    const before = descendants(process.pid);
    expect(await rob("P05 signals", "signals")).toEqual([]);
    const after = descendants(process.pid);
    expect(before.filter((pid) => !after.includes(pid))).toEqual([]);
  });

  test("P06 no processes, threads, WASI, FFI, inspector or addons", async () => {
    expect(await rob("P06 spawn", "spawn")).toEqual([]);
  });

  test("P07 environment, arguments, report and descriptors hold nothing", async () => {
    const { stolen, environment, kinds } = (await rob("P07 secrets", "secrets")) as {
      stolen: string[];
      environment: string[];
      kinds: Record<string, string>;
    };
    expect(stolen).toEqual([]);
    expect(environment).toEqual([]);
    // stdio, and what node opens for itself.
    expect(Object.keys(kinds).length).toBeLessThan(24);
    expect(openDirectories(process.pid).filter(({ isOwnRoot }) => !isOwnRoot)).toEqual([]);
  });

  test("P07 what the supervisor was started with stays with it", async () => {
    const secret = join(directory, "signing.pem");
    const guest = join(directory, "guest.wasm");
    writeFileSync(secret, "attack-secret");
    writeFileSync(guest, await coreGuest({ attack: "" }));
    const descriptor = openSync(secret, "r");
    const script = fileURLToPath(new URL("fixtures/supervisor.ts", import.meta.url));
    const supervisor = spawn(process.execPath, [script, copy.root, guest, "/p/secrets", tier], {
      stdio: ["ignore", "pipe", "inherit", descriptor, ...Array<"ignore">(30).fill("ignore"), descriptor],
    });
    let said = "";
    supervisor.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    await once(supervisor, "close");
    closeSync(descriptor);
    expect(JSON.parse(said)).toMatchObject({ stolen: [] });
  });

  test("P09 there is no IPC channel", async () => {
    expect(await rob("P09 ipc", "ipc")).toEqual([]);
  });

  const crash = async (row: string, name: string, call: AttackCall = {}) => {
    const { result, sight } = await arena.survive(`${row} (${tier})`, async () => {
      const started = performance.now();
      const response = await arena.call(arena.hostile, { path: `/p/${name}`, timeoutMs: 8_000, ...call });
      return { response, ms: performance.now() - started };
    });
    return { ...result, sight };
  };

  test.each([
    ["P10 frames of calls nobody made", "frames-of-nobody"],
    ["P10 up, again and again", "up-flood"],
    ["P10 a frame of 2 GiB", "huge-frame"],
    ["P10 a header that fills the heap", "huge-header"],
    ["P10 hoarding host calls", "hoard"],
    ["P10 a value of many pieces", "nodes"],
    ["P10 garbage", "garbage"],
  ])("%s", async (row, name) => {
    const { response, ms, sight } = await crash(row, name);
    expect(codeOf(response)).toBe("runner_crashed");
    expect(ms).toBeLessThan(4_000);
    expect(sight.ownGrowthBytes).toBeLessThan(100 * MIB);
  });

  test("P10 host calls without end", async () => {
    const { response, sight } = await crash("P10 host call flood", "host-flood");
    expect(["runner_crashed", "host_calls_exceeded"]).toContain(codeOf(response));
    expect(sight.ownGrowthBytes).toBeLessThan(200 * MIB);
  });

  test("P10 frames of a call that is over", async () => {
    const { response, sight } = await crash("P10 frames after the end", "frames-after-end");
    expect(codeOf(response)).toBe("ok");
    expect(sight.ownGrowthBytes).toBeLessThan(200 * MIB);
  });

  test("P10 never reading what is sent", async () => {
    const { response, sight } = await crash("P10 deaf", "deaf", { timeoutMs: 4_000 });
    expect(["runner_crashed", "deadline_exceeded", "host_calls_exceeded"]).toContain(codeOf(response));
    expect(sight.ownGrowthBytes).toBeLessThan(400 * MIB);
  });

  test("P10 shouting on stderr", async () => {
    const { response, sight } = await crash("P10 stderr", "shout");
    expect(codeOf(response)).toBe("ok");
    expect(sight.ownGrowthBytes).toBeLessThan(100 * MIB);
  });

  test("P11 memory ends the process, not the machine", async () => {
    const { response, sight } = await crash("P11 memory", "memory");
    expect(codeOf(response)).toBe("runner_crashed");
    expect(sight.ownGrowthBytes).toBeLessThan(100 * MIB);
    expect(sight.childGrowthBytes).toBeLessThan(1_300 * MIB);
  });

  test("P12 a spin without a wasm loop dies at the deadline", async () => {
    const { response, ms } = await crash("P12 spin", "spin", { timeoutMs: 300 });
    expect(codeOf(response)).toBe("deadline_exceeded");
    expect(ms).toBeLessThan(1_500);
  });

  test("P12 flags of the engine are frozen", async () => {
    const { response } = await crash("P12 flags", "flags");
    expect(codeOf(response)).toBe("runner_crashed");
  });

  test("P14 a cell that spins when its call is over is ended", async () => {
    const { result } = await arena.survive(`P14 spin after the call (${tier})`, async () => {
      const response = await arena.call(arena.hostile, { path: "/p/spin-after" });
      const spinner = await findSpinner(1_000);
      return { code: codeOf(response), spinner, ms: await msUntilGone(spinner ?? 0, IDLE_WORK_MS) };
    });
    expect(result).toEqual({ code: "ok", spinner: expect.any(Number), ms: expect.any(Number) });
  }, 60_000);

  test("P13 host calls with arguments of any shape are answered or end their call", async () => {
    const { result, sight } = await arena.survive(`P13 odd arguments (${tier})`, async () => {
      const codes = new Map<string, number>();
      for (let number = 0; ; number += 1) {
        const response = await arena.call(arena.hostile, { path: `/p/odd${number}` });
        const code = codeOf(response) === "ok" ? textOf(response) : codeOf(response);
        codes.set(code, (codes.get(code) ?? 0) + 1);
        if (code === "over") return codes;
      }
    });
    expect([...result.keys()].filter((code) => !["asked", "execute_failed", "over"].includes(code))).toEqual(
      [],
    );
    expect(result.get("asked")).toBeGreaterThan(100);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(sight.ownGrowthBytes).toBeLessThan(100 * MIB);
  });

  test("P13 the pipe says who is calling, whatever a frame says", async () => {
    const context = JSON.stringify(await rob("P13 forged identity", "forge"));
    expect(context).toContain("mallory");
    expect(context).not.toContain("alice");
  });
});

describe.each(wallTiers())("behind the %s wall, glue that a failed gate let in", (tier, wall) => {
  let cacheDir: string;
  let arena: Arena;

  beforeAll(async () => {
    cacheDir = mkdtempSync(join(tmpdir(), "alga-attack-glue-"));
    const guests = {
      hostile: await coreGuest({ attack: "" }),
      neighbour: await coreGuest({ attack: "", pages: 3 }),
    };
    const before = await openArena({ guests, wall, cacheDir });
    await before.close();
    await injectArtifact(BUILT_ROOT, cacheDir, (artifact) => ({
      ...artifact,
      glue: injectGlue(artifact.glue),
      isRestorable: false,
    }));
    arena = await openArena({ guests, wall, cacheDir });
  }, 180_000);
  afterAll(async () => {
    await arena?.close();
    rmSync(cacheDir, { recursive: true });
    printReport(`P. injected glue, ${tier}`);
  });

  test("P01–P09 reaches nothing that is not of its own realm", async () => {
    const { result } = await arena.survive(`P01-P09 glue (${tier})`, () =>
      arena.call(arena.hostile, { path: "/probe" }),
    );
    expect(result).toMatchObject({ status: 200, error: null });
    const { stolen, foreign } = JSON.parse(textOf(result)) as { stolen: string[]; foreign: string };
    process.stdout.write(`injected glue: error of the outer realm caught: ${foreign}\n`);
    expect(stolen).toEqual([]);
  });

  test("P10 host calls that nobody waits for, without end", async () => {
    const { result, sight } = await arena.survive(`P10 flood of glue (${tier})`, () =>
      arena.call(arena.hostile, { path: "/flood", timeoutMs: 1_000 }),
    );
    expect(["runner_crashed", "deadline_exceeded", "host_calls_exceeded"]).toContain(codeOf(result));
    expect(sight.ownGrowthBytes).toBeLessThan(200 * MIB);
  });

  test("P12 timers and loops of glue end with the call or its cell", async () => {
    const { result } = await arena.survive(`P12 spin of glue (${tier})`, async () => {
      const started = performance.now();
      const response = await arena.call(arena.hostile, { path: "/spin", timeoutMs: 300 });
      return { code: codeOf(response), ms: performance.now() - started };
    });
    expect(result.code).toBe("deadline_exceeded");
    expect(result.ms).toBeLessThan(1_500);
  });

  test("P13 what glue of one tenant leaves behind, the same glue of another does not find", async () => {
    const { result } = await arena.survive(`P13 marks of glue (${tier})`, async () => {
      const found: string[] = [];
      for (let index = 0; index < 4; index += 1) {
        const own = await arena.call(arena.hostile, { path: "/mark" });
        const other = await arena.callAs("bob", arena.hostile, { path: "/mark" });
        found.push(textOf(own), textOf(other));
      }
      return found;
    });
    expect(new Set(result.join().split(",").filter(Boolean))).toEqual(new Set(["mallory", "bob"]));
    for (const [index, marks] of result.entries())
      expect(marks).not.toContain(index % 2 === 0 ? "bob" : "mallory");
  });
});

/** Host functions of the pinned world, as a cell names them. */
function hostTargets(): string[] {
  const camel = (text: string) =>
    text.replace(/-([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
  return Array.from(ALGA_EXTENSION_WIT.matchAll(/interface ([a-z0-9-]+) \{([^]*?)\n\}/g)).flatMap(
    ([, name = "", body = ""]) =>
      Array.from(
        body.matchAll(/^\s*([a-z0-9-]+): func/gm),
        ([, fn = ""]) => `alga:extension/${name}#${camel(fn)}`,
      ),
  );
}
