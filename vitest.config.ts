import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests that start processes of their own: beside those that share one deployment, on the other core. */
const OWN_PROCESSES =
  "test/e2e/{embed,failover,host-express,host-next,kills,restart,runner-attack,trace}.test.ts";
/** Tests that look at their own process, its children, its descriptors or its timers, where nobody else may have any. */
const ALONE = [
  "packages/gateway/src/node/runner-watch.test.ts",
  "packages/runner/src/{bin,cells/no-leaks,http/process-metrics,prepare/prepare-component,prepare/temporary-cache}.test.ts",
];
const shared = { environment: "node", testTimeout: 60_000, hookTimeout: 120_000 } as const;

// Cross-package imports resolve to dist through each exports map, so `npm run build` comes first.
export default defineConfig({
  test: {
    // The default leaves one core to nobody.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        test: {
          ...shared,
          name: "unit",
          include: ["packages/*/src/**/*.test.{ts,tsx}", "examples/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: ["**/*.contract.test.ts", "**/node_modules/**", "**/dist/**", ...ALONE],
          // A process for each of two hundred files, and everything imported anew, took a third of the time.
          isolate: false,
        },
      },
      { test: { ...shared, name: "alone", include: ALONE } },
      {
        test: { ...shared, name: "contract", include: ["packages/*/src/**/*.contract.test.ts"] },
      },
      { test: { ...shared, name: "pins", include: ["test/pins/**/*.test.ts"] } },
      {
        test: {
          ...shared,
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          exclude: [OWN_PROCESSES],
          globalSetup: ["test/e2e/global-setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...shared,
          name: "e2e-processes",
          include: [OWN_PROCESSES],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        // `npm run attack`; not part of `npm test`, which it would double.
        test: {
          ...shared,
          name: "attack",
          include: ["test/attack/**/*.test.ts"],
          pool: "forks",
          execArgv: ["--expose-gc"],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
