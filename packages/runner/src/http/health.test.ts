import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createHealth } from "./health.ts";

let cacheDir: string;
beforeAll(() => {
  cacheDir = mkdtempSync(join(tmpdir(), "alga-runner-health-"));
});
afterAll(() => rmSync(cacheDir, { recursive: true }));

const open = () => Promise.resolve(null);
const start = (check?: () => Promise<void>, options: { cacheDir?: string; isClosing?: () => boolean } = {}) =>
  createHealth({
    cacheDir,
    cacheMaxBytes: 1_000,
    source: check === undefined ? { open } : { open, check },
    wall: "none",
    isClosing: () => false,
    ...options,
  });

describe("health", () => {
  it("tells of the bundle store, and lives without it", async () => {
    const up = await start(() => Promise.resolve()).live();
    const down = await start(() => Promise.reject(new Error("down"))).live();
    const unknown = await start().live();
    expect(up.body["ext_cache_max_bytes"]).toBe(1_000);
    expect([up.status, down.status, unknown.status]).toEqual([200, 200, 200]);
    expect([up.body["bundle_store"], down.body["bundle_store"], unknown.body["bundle_store"]]).toEqual([
      "ok",
      "bundle_store_unreachable",
      "unchecked",
    ]);
  });

  it("is not well when the cache cannot be written", async () => {
    const { status, body } = await start(undefined, { cacheDir: join(cacheDir, "absent") }).live();
    expect([status, body["cache_writable"]]).toEqual([503, false]);
  });

  it("is ready once the store has answered, and stays so when it goes away", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      let isUp = false;
      const health = start(() => (isUp ? Promise.resolve() : Promise.reject(new Error("down"))));
      expect(await health.ready()).toMatchObject({
        status: 503,
        body: { reason: "bundle_store_unreachable" },
      });
      isUp = true;
      vi.advanceTimersByTime(1_001);
      expect((await health.ready()).status).toBe(200);
      isUp = false;
      vi.advanceTimersByTime(1_001);
      expect((await health.ready()).status).toBe(200);
      expect((await health.live()).body["bundle_store"]).toBe("bundle_store_unreachable");
    } finally {
      vi.useRealTimers();
    }
  });

  it("asks the store once for probes at once", async () => {
    const check = vi.fn(() => Promise.resolve());
    const health = start(check);
    await Promise.all([health.live(), health.ready(), health.live()]);
    expect(check).toHaveBeenCalledTimes(1);
  });

  it("gives up a store that does not answer within a second", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const asked = start(() => new Promise(() => undefined)).ready();
      await vi.advanceTimersByTimeAsync(1_000);
      expect((await asked).status).toBe(503);
    } finally {
      vi.useRealTimers();
    }
  });

  it("takes no more calls while it closes", async () => {
    const { status, body } = await start(undefined, { isClosing: () => true }).ready();
    expect([status, body["reason"]]).toEqual([503, "closing"]);
  });
});
