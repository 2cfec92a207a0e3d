import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  descendants,
  freePorts,
  isAlive,
  login,
  removeData,
  startDeployment,
  until,
  type Deployment,
  type SessionFetch,
} from "./deployment.ts";
import { installProbe } from "./probe.ts";

let deployment: Deployment;
let ports: number[];
let admin: SessionFetch;
let agreements: string;
let probe: string;

const AGREEMENT = {
  title: "Survives",
  customer: "Everything",
  status: "draft",
  value: 1,
  currency: "EUR",
  startDate: "2026-01-01",
  endDate: "2026-12-31",
  notes: "",
};

beforeAll(async () => {
  ports = await freePorts(4);
  deployment = await startDeployment({ ports });
  admin = await login(deployment.baseUrl, { tenantId: "acme", role: "admin" });
  agreements = await registryId("agreements");
  probe = await installProbe(deployment, admin);
});

afterAll(async () => {
  await deployment.stop();
  await removeData(deployment);
});

async function registryId(name: string): Promise<string> {
  const { extensions } = (await (await admin("/api/extensions/catalog")).json()) as {
    extensions: { name: string; registryId: string }[];
  };
  return extensions.find((one) => one.name === name)!.registryId;
}

const runnerPid = async (): Promise<number> =>
  (await descendants(deployment.pid)).find(
    (one) => one.ppid === deployment.pid && /runner\/dist\/bin\.js/.test(one.command),
  )!.pid;

/** Start a call that never ends by itself and wait until the runner has a cell busy with it. */
async function hangingCall(): Promise<{
  answer: Promise<{ status: number; body: { error: string; requestId: string } }>;
  cells: number[];
}> {
  // With a cell of its own, so that what is busy afterwards is that.
  expect((await admin(`/api/ext/${probe}/ok`)).status).toBe(200);
  const runner = await runnerPid();
  // What only reads would be tried again elsewhere.
  const answer = admin(`/api/ext/${probe}/loop`, { method: "POST" }).then(async (response) => ({
    status: response.status,
    body: (await response.json()) as { error: string; requestId: string },
  }));
  const usedBefore = new Map<number, number>();
  const cells = await until("a busy cell", 10_000, async () => {
    // The loop burns CPU; half a second more than at its start is no start-up work.
    const busy: number[] = [];
    for (const { pid } of await descendants(runner)) {
      const now = await cpuTicks(pid);
      if (!usedBefore.has(pid)) usedBefore.set(pid, now);
      if (now - usedBefore.get(pid)! > 50) busy.push(pid);
    }
    return busy.length > 0 && busy;
  });
  return { answer, cells };
}

/** CPU time a process has used, in clock ticks; 0 when it is gone. */
async function cpuTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[11] ?? 0);
}

describe("kill -9", () => {
  test("of a cell mid-request: 502 runner_crashed with a request id within 2 s; the next call works within 3 s", async () => {
    const { answer, cells } = await hangingCall();
    const killed = performance.now();
    for (const pid of cells) process.kill(pid, "SIGKILL");
    const { status, body } = await answer;
    expect(performance.now() - killed).toBeLessThan(2000);
    expect([status, body.error]).toEqual([502, "runner_crashed"]);
    expect(body.requestId).toBeTypeOf("string");
    expect((await admin(`/api/ext/${probe}/ok`)).status).toBe(200);
    expect(performance.now() - killed).toBeLessThan(3000);
  });

  test("of the runner mid-request: the same, and its cells die with it", async () => {
    const { answer } = await hangingCall();
    const runner = await runnerPid();
    const cells = await descendants(runner);
    const killed = performance.now();
    process.kill(runner, "SIGKILL");
    const { status, body } = await answer;
    expect(performance.now() - killed).toBeLessThan(2000);
    expect([status, body.error]).toEqual([502, "runner_crashed"]);
    expect(body.requestId).toBeTypeOf("string");
    expect((await admin(`/api/ext/${agreements}/agreements`)).status).toBe(200);
    expect(performance.now() - killed).toBeLessThan(3000);
    await until("the old cells to be gone", 2000, async () => !cells.some(({ pid }) => isAlive(pid)));
  });
});

describe("restart", () => {
  test("data and installs survive SIGTERM and start; what is published is reused; no process is left behind", async () => {
    const created = (await (
      await admin(`/api/ext/${agreements}/agreements`, { method: "POST", json: AGREEMENT })
    ).json()) as { id: string };
    const before = (await (await admin("/api/extensions/catalog")).json()) as {
      extensions: { registryId: string; versions: unknown[] }[];
    };
    const processes = await descendants(deployment.pid);
    await deployment.stop();
    await until("every process to be gone", 3000, async () => !processes.some(({ pid }) => isAlive(pid)));

    deployment = await startDeployment({ dataDir: deployment.dataDir, ports });
    expect(deployment.output()).not.toContain("building agreements");
    admin = await login(deployment.baseUrl, { tenantId: "acme", role: "admin" });
    expect(await (await admin(`/api/ext/${agreements}/agreements/${created.id}`)).json()).toMatchObject(
      AGREEMENT,
    );
    expect(
      ((await (await admin("/api/extensions/catalog")).json()) as typeof before).extensions.map((one) => [
        one.registryId,
        one.versions.length,
      ]),
    ).toEqual(before.extensions.map((one) => [one.registryId, one.versions.length]));
    expect((await admin(`/api/ext/${probe}/ok`)).status).toBe(200);
  });

  test("a second start on the same data is refused while the first runs", async () => {
    await expect(startDeployment({ dataDir: deployment.dataDir })).rejects.toThrow(/is in use by process/);
  });

  test("a busy port fails with the name of its variable", async () => {
    await expect(startDeployment({ ports })).rejects.toThrow(/set PORT to another/);
  });

  test("kill -9 of the supervisor leaves nothing behind", async () => {
    const processes = await descendants(deployment.pid);
    process.kill(deployment.pid, "SIGKILL");
    await until("every process to be gone", 8000, async () => !processes.some(({ pid }) => isAlive(pid)));
    deployment = await startDeployment({ dataDir: deployment.dataDir, ports });
    admin = await login(deployment.baseUrl, { tenantId: "acme", role: "admin" });
    expect((await admin(`/api/ext/${agreements}/agreements`)).status).toBe(200);
  });
});
