/** `npm run bench`: requests per second and latency of one unit of work, sandboxed and not, in the same run; what an idle tenant costs. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, packProject } from "@alga-ext/cli";
import { descendants } from "../test/e2e/deployment.ts";
import { load, median, type Load } from "./load.ts";

const ROUNDS = 3;
const body = Buffer.from(
  JSON.stringify({
    min: 10,
    items: Array.from({ length: 20 }, (_, i) => ({
      id: i,
      name: `item ${i}`,
      price: (i * 7.3) % 40,
      qty: (i % 5) + 1,
    })),
  }),
);

const dir = await mkdtemp(join(tmpdir(), "alga-bench-"));
const projectDir = fileURLToPath(new URL("./work", import.meta.url));
await build({ projectDir, outDir: join(dir, "dist") });
const { file, contentHash } = await packProject({
  projectDir,
  distDir: join(dir, "dist"),
  outFile: join(dir, "bundle.tar.zst"),
});

async function start(kind: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL("./servers.ts", import.meta.url)), kind, file, contentHash],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, url: `http://127.0.0.1:${String(line).trim()}/w` };
}

const kinds = ["plain", "vm", "runner"] as const;
const servers = await Promise.all(kinds.map(start));
try {
  const coldMs: number[] = [];
  for (const { url } of servers) {
    const started = performance.now();
    const first = await fetch(url, { method: "POST", body });
    await first.arrayBuffer();
    coldMs.push(performance.now() - started);
  }
  const measured: Load[][] = kinds.map(() => []);
  for (const { url } of servers) await load(url, body, { seconds: 1 });
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, { url }] of servers.entries()) measured[index]?.push(await load(url, body));
  }

  process.stdout.write(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; 32 connections, medians of ${ROUNDS} rounds of 3 s, client on the same cores\n\n`,
  );
  process.stdout.write(
    "server                                   req/s    p50 ms   p99 ms   vs plain   vs fresh vm   first answer ms\n",
  );
  const perSecond = measured.map((loads) => median(loads.map((one) => one.perSecond)));
  const names = [
    "plain node:http, no sandbox",
    "node:vm, new context per request",
    "runner, new instance per request",
  ];
  for (const [index, name] of names.entries()) {
    const loads = measured[index] ?? [];
    const figure = perSecond[index] ?? Number.NaN;
    process.stdout.write(
      `${name.padEnd(36)} ${figure.toFixed(0).padStart(9)} ${median(loads.map((one) => one.p50Ms))
        .toFixed(2)
        .padStart(9)} ${median(loads.map((one) => one.p99Ms))
        .toFixed(2)
        .padStart(
          8,
        )} ${`${(figure / perSecond[0]!).toFixed(3)}x`.padStart(10)} ${`${(figure / perSecond[1]!).toFixed(2)}x`.padStart(13)} ${(coldMs[index] ?? 0).toFixed(0).padStart(17)}\n`,
    );
  }
  const cells = (await descendants(servers[2]!.child.pid!)).filter((one) =>
    one.command.includes("--permission"),
  );
  for (const { pid } of cells) {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    const rss = /VmRSS:\s+(\d+)/.exec(status)?.[1];
    if (rss !== undefined && Number(rss) > 20_000)
      process.stdout.write(
        `\ncell of one install after the run: ${(Number(rss) / 1024).toFixed(0)} MiB RSS; 0 bytes once it was idle for its eviction time\n`,
      );
  }
} finally {
  for (const { child } of servers) child.kill("SIGTERM");
  await rm(dir, { recursive: true, force: true });
}
