import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { JAIL_PREFIX, sweepJails } from "./sweep-jails.ts";

it("sweeps what dead runners left and touches nothing else", () => {
  const directory = mkdtempSync(join(tmpdir(), "alga-sweep-"));
  const { pid: gone } = spawnSync(process.execPath, ["-e", ""]);
  const [stale, alive, full] = [`${gone}-aaaaaa`, `${process.pid}-bbbbbb`, `${gone}-cccccc`].map(
    (rest) => JAIL_PREFIX + rest,
  ) as [string, string, string];
  for (const name of [stale, alive, full, "alga-jail-dddddd", "other"]) mkdirSync(join(directory, name));
  writeFileSync(join(directory, full, "file"), "");
  sweepJails(directory);
  expect(readdirSync(directory).sort()).toEqual([alive, full, "alga-jail-dddddd", "other"].sort());
  sweepJails(join(directory, "missing"));
  rmSync(directory, { recursive: true });
});
