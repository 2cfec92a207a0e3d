import type { TestProject } from "vitest/node";
import { login, removeData, startDeployment } from "./deployment.ts";
import { installProbe } from "./probe.ts";

/** What every e2e file finds already running. */
export interface SharedDeployment {
  readonly baseUrl: string;
  readonly runnerUrl: string;
  readonly runnerUiUrl: string;
  readonly dataDir: string;
  readonly pid: number;
  readonly startupSeconds: number;
  /** Registry ids. */
  readonly agreements: string;
  readonly probe: string;
}

declare module "vitest" {
  interface ProvidedContext {
    deployment: SharedDeployment;
  }
}

/** One reference deployment for the whole e2e run, with the probe extension installed for acme. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const deployment = await startDeployment();
  const admin = await login(deployment.baseUrl, { tenantId: "acme", role: "admin" });
  const catalog = (await (await admin("/api/extensions/catalog")).json()) as {
    extensions: { name: string; registryId: string }[];
  };
  const probe = await installProbe(deployment, admin);
  const { baseUrl, runnerUrl, runnerUiUrl, dataDir, pid, startupSeconds } = deployment;
  const agreements = catalog.extensions.find((one) => one.name === "agreements")!.registryId;
  project.provide("deployment", {
    baseUrl,
    runnerUrl,
    runnerUiUrl,
    dataDir,
    pid,
    startupSeconds,
    agreements,
    probe,
  });
  return async () => {
    await deployment.stop();
    await removeData(deployment);
  };
}
