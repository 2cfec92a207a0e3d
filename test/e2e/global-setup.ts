import type { TestProject } from "vitest/node";
import { login, removeData, startDeployment } from "./deployment.ts";
import { publishProbe } from "./probe.ts";

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
  const probe = await publishProbe(deployment);
  const installed = await admin("/api/v1/extensions/install", { method: "POST", json: probe });
  if (!installed.ok)
    throw new Error(`Cannot install the probe: ${installed.status} ${await installed.text()}`);
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
    probe: probe.registryId,
  });
  return async () => {
    await deployment.stop();
    await removeData(deployment);
  };
}
