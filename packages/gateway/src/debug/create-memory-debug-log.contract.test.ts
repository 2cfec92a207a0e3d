import { describe, test } from "vitest";
import { DEBUG_LOG_CONTRACT } from "../testing/debug-log.contract.ts";
import { createMemoryDebugLog } from "./create-memory-debug-log.ts";

describe("createMemoryDebugLog keeps the DebugLog contract", () => {
  test.each(DEBUG_LOG_CONTRACT)("$name", async (one) => {
    const logs: { close(): Promise<void> }[] = [];
    try {
      await one.run({
        async createLog(options) {
          const log = createMemoryDebugLog(options);
          logs.push(log);
          return log;
        },
      });
    } finally {
      for (const log of logs) await log.close();
    }
  });
});
