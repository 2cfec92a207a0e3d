import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { processCpuMs } from "./process-cpu.ts";

it("counts what a process and those below it took, and nothing of who is gone", async () => {
  const burn =
    "const t=process.cpuUsage();while(process.cpuUsage(t).user<150000);process.stdout.write('x');setInterval(()=>{},1e3)";
  const child = spawn("/bin/sh", ["-c", `"$0" -e "$1" & wait`, process.execPath, burn], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const pid = child.pid as number;
  await once(child.stdout, "data");
  expect(await processCpuMs(pid)).toBeGreaterThanOrEqual(150);
  process.kill(-pid, "SIGKILL");
  await once(child, "close");
  expect(await processCpuMs(pid)).toBe(0);
});
