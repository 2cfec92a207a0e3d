import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import {
  descendants,
  login,
  removeData,
  startDeployment,
  until,
  type Deployment,
} from "../../e2e/deployment.ts";
import { publishProbe } from "../../e2e/probe.ts";
import { rssBytes } from "../machine.ts";
import { printReport, record, recordQuiet, type Entry } from "../report.ts";
import { open } from "./raw.ts";
import { GATEWAY_ROWS } from "./rows.ts";
import { newId, openStage, type Stage } from "./stage.ts";

const MIB = 1024 * 1024;
let deployment: Deployment | undefined;
let stage: Stage;

beforeAll(async () => {
  // One line for each request, for what may be injected into it.
  process.env["ALGA_VERBOSE"] = "1";
  deployment = await startDeployment();
  const admin = await login(deployment.baseUrl, { tenantId: "acme", role: "admin" });
  const probe = await publishProbe(deployment);
  const installed = await admin("/api/v1/extensions/install", { method: "POST", json: probe });
  if (!installed.ok) throw new Error(`Cannot install the probe: ${installed.status}`);
  const catalog = (await (await admin("/api/extensions/catalog")).json()) as {
    extensions: { name: string; registryId: string }[];
  };
  const agreements = catalog.extensions.find(({ name }) => name === "agreements")!.registryId;
  stage = await openStage({ ...deployment, agreements, probe: probe.registryId });
});
afterAll(async () => {
  await deployment?.stop();
  if (deployment !== undefined) await removeData(deployment);
  printReport("G. gateway");
});

let begunAt = 0;
let attackedLatencies: readonly number[] = [];
beforeEach(() => {
  begunAt = performance.now();
});
afterEach(async ({ task }) => {
  const startedAt = performance.now();
  const attackMs = startedAt - begunAt;
  const entry: Entry = {
    row: task.name,
    verdict: "broken",
    attackMs,
    recoveryMs: 0,
    latencies: attackedLatencies,
  };
  record(entry);
  attackedLatencies = [];
  // The good call afterwards is part of every row.
  expect((await stage.acme(`/api/ext/${stage.probe}/ok`)).status).toBe(200);
  entry.recoveryMs = performance.now() - startedAt;
  if (task.result?.state === "pass") entry.verdict = "holds";
});

test.each(GATEWAY_ROWS)("$name", (row) => row.run(stage), 120_000);

const print = (row: string, figures: Readonly<Record<string, number | string>>): void => {
  const told = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`${row}: ${told.join(", ")}\n`);
};

async function hostPid(): Promise<number> {
  const host = (await descendants(deployment!.pid)).find(({ command }) =>
    /host\/src\/server\.ts/.test(command),
  );
  return host!.pid;
}

test("G06 a chunked body of 1 GiB is cut at the cap, in bounded memory, and no call is made", async () => {
  const pid = await hostPid();
  for (const sockets of [1, 8]) {
    const before = rssBytes(pid);
    let most = before;
    const poured = await Promise.all(
      Array.from({ length: sockets }, async () => {
        const id = newId();
        const socket = await open(stage.port);
        let answer = "";
        socket.on("data", (data: Buffer) => (answer += data.toString()));
        const head = `POST /api/ext/${stage.probe}/echo HTTP/1.1\r\n${stage.lines(id)}`;
        socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
        const sent = await pour(socket, 1024, () => (most = Math.max(most, rssBytes(pid))));
        expect(answer).toMatch(/^HTTP\/1\.1 413 /);
        // Its row, if there is one, is of a call that never was.
        for (const { cpuMs, status } of await stage.calls(id)) expect([cpuMs, status]).toEqual([0, "error"]);
        return sent;
      }),
    );
    print(`G06 ${sockets} at once`, {
      "MiB taken of each 1024": Math.max(...poured),
      "host MiB before": Math.round(before / MIB),
      most: Math.round(most / MIB),
      after: Math.round(rssBytes(pid) / MIB),
    });
    // The cap is 10 MiB and its copy; the operating system's buffers hold some more of what was sent.
    expect(Math.max(...poured)).toBeLessThan(64);
    expect(most - before).toBeLessThan((40 + sockets * 40) * MIB);
  }
}, 120_000);

/** Send chunks of a MiB until the other side has had enough; returns how many it took. */
async function pour(socket: Socket, limit: number, look: () => void): Promise<number> {
  const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(MIB, "x"), Buffer.from("\r\n")]);
  let sent = 0;
  // Not `once`, which rejects when the connection is reset: being cut off is what is to happen.
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  while (sent < limit && !socket.destroyed) {
    const isTaken = socket.write(chunk);
    if (!isTaken) await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed]);
    look();
    if (!socket.destroyed) sent += 1;
  }
  await closed;
  return sent;
}

test("G07 500 slow sockets keep nobody waiting, and are cut", async () => {
  const quiet = await callsDuring(250);
  recordQuiet(quiet);
  const openedAt = performance.now();
  const slow = await Promise.all(
    Array.from({ length: 500 }, async (_, index) => {
      const socket = await open(stage.port);
      // Most never end their headers; some have a session, and never end their body.
      const isBody = index % 10 === 0;
      const method = isBody ? "POST" : "GET";
      socket.write(`${method} /api/ext/${stage.probe}/${isBody ? "echo" : "ok"} HTTP/1.1\r\n`);
      if (isBody) socket.write(`${stage.lines(newId())}Content-Length: 1000\r\n\r\n`);
      const drip = setInterval(() => socket.write(isBody ? "x" : `X-${Date.now()}: 1\r\n`), 1000);
      socket.resume();
      const cut = new Promise((resolve) => socket.once("close", resolve)).then(() => {
        clearInterval(drip);
        return { isBody, afterMs: performance.now() - openedAt };
      });
      return { cut, isBody };
    }),
  );
  const attacked = await callsDuring(250);
  attackedLatencies = attacked;
  const cuts = await Promise.all(slow.map(({ cut }) => cut));
  const latest = (isBody: boolean): number =>
    Math.max(...cuts.filter((one) => one.isBody === isBody).map(({ afterMs }) => afterMs));
  const [quietP99, attackedP99] = [percentile(quiet, 0.99), percentile(attacked, 0.99)];
  print("G07", {
    "quiet p50": `${percentile(quiet, 0.5).toFixed(1)} ms`,
    p99: `${quietP99.toFixed(1)} ms`,
    "attacked p50": `${percentile(attacked, 0.5).toFixed(1)} ms`,
    "p99 then": `${attackedP99.toFixed(1)} ms`,
    ratio: (attackedP99 / quietP99).toFixed(2),
    "slow headers cut within": `${(latest(false) / 1000).toFixed(1)} s`,
    "slow bodies": `${(latest(true) / 1000).toFixed(1)} s`,
  });
  // A few milliseconds more or less are the machine's.
  expect(attackedP99).toBeLessThan(2 * quietP99 + 20);
  expect(latest(false)).toBeLessThan(20_000);
  expect(latest(true)).toBeLessThan(65_000);
}, 180_000);

/** Latencies of calls of acme, 25 a second, in ms; every one is answered. */
async function callsDuring(count: number): Promise<number[]> {
  const latencies: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const startedAt = performance.now();
    const response = await stage.acme(`/api/ext/${stage.probe}/ok`);
    await response.text();
    latencies.push(performance.now() - startedAt);
    expect(response.status).toBe(200);
    await delay(Math.max(0, 40 - latencies.at(-1)!));
  }
  return latencies;
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/** What a terminal obeys or a reader cannot see: controls but the line feed, C1, bidi, other ends of lines. */
// oxlint-disable-next-line no-control-regex -- finding control characters is the point
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

test("G13 what callers send stays within one escaped line of the log", async () => {
  const marker = "injected-line";
  const nasty = [
    `\n${marker}`,
    `\r\n${marker}`,
    `\u001b[31m${marker}\u001b[2K`,
    `\u202e${marker}`,
    `\u2028${marker}`,
    `\u009b31m${marker}`,
    `","level":"error","event":"${marker}`,
  ];
  const before = deployment!.output().length;
  for (const text of nasty) {
    const encoded = encodeURIComponent(text);
    // A header takes latin1; what it cannot take is not sent by anybody.
    const header = text.replaceAll(/[^ -\u00ff]/g, "");
    const headers = {
      "user-agent": header,
      "x-request-id": header,
      referer: header,
      origin: header,
      forwarded: header,
    };
    const asked: [string, RequestInit & { json?: unknown }][] = [
      [`/api/ext/${stage.probe}/ok?x=${encoded}`, { headers }],
      [`/api/ext/${stage.probe}/${encoded}`, { headers }],
      [`/api/ext/${encoded}/ok`, { headers: { ...headers, "x-alga-tenant": header } }],
      [
        `/api/ext-proxy/${stage.probe}/echo`,
        { method: "POST", body: text, headers: { "x-idempotency-key": header } },
      ],
      [`/api/extensions/${encoded}/settings`, { method: "PUT", json: { config: { [text]: text } } }],
      [`/ext-ui/${encoded}/${encoded}/x`, {}],
      [`/${encoded}`, {}],
      ["/login", { method: "POST", json: { email: text, password: text } }],
      [`/api/ext/${stage.agreements}/agreements`, { method: "POST", json: { title: text, customer: text } }],
      [
        `/api/ext-bundles/upload-proxy?size=1&filename=${encoded}`,
        { method: "POST", body: "x", headers: { "x-api-key": header } },
      ],
    ];
    for (const [path, init] of asked) await (await stage.acme(path, init)).text();
    for (const [path, init] of [
      ["/v1/execute", { method: "POST", body: text, headers: { authorization: `Bearer ${header}` } }],
      ["/v1/handshake", { method: "POST", body: JSON.stringify({ token: text }) }],
      [`/ext-ui/${encoded}/x`, {}],
    ] as const)
      await (await fetch(stage.runnerUrl + path, init)).text();
  }
  const last = newId();
  await (
    await stage.acme(`/api/ext/${stage.probe}/ok?${last}`, { headers: { "x-request-id": last } })
  ).text();
  await (await stage.acme(`/${last}`)).text();
  await until("the last line", 5000, async () => deployment!.output().includes(last));
  const lines = deployment!.output().slice(before).split("\n");
  expect(lines.length).toBeGreaterThan(nasty.length * 10);
  expect(lines.filter((line) => UNSAFE.test(line))).toEqual([]);
  expect(lines.filter((line) => line !== "" && !/^\[(?:host|runner)\] /.test(line))).toEqual([]);
  const records = lines
    .filter((line) => /^\[\w+\] \{/.test(line))
    .map((line) => JSON.parse(line.replace(/^\[\w+\] /, "")) as { event?: string });
  expect(records.filter(({ event }) => event === marker)).toEqual([]);
  print("G13", { lines: lines.length, "of them JSON": records.length });
}, 120_000);
