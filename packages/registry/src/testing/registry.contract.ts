import type { Dialect } from "kysely";
import { afterAll, beforeAll } from "vitest";
import { accessContract } from "./access.contract.ts";
import { eventsContract } from "./events.contract.ts";
import type { TestDatabase } from "./kit/database.ts";
import { createWorld, type World } from "./kit/world.ts";
import { domainsContract } from "./domains.contract.ts";
import { headsContract } from "./heads.contract.ts";
import { httpContract } from "./http.contract.ts";
import { httpAccessContract } from "./http-access.contract.ts";
import { httpFuzzContract } from "./http-fuzz.contract.ts";
import { httpManagementContract } from "./http-management.contract.ts";
import { installLifeContract } from "./install-life.contract.ts";
import { installsContract } from "./installs.contract.ts";
import { keysInUseContract } from "./keys-in-use.contract.ts";
import { maintenanceContract } from "./maintenance.contract.ts";
import { metacharactersContract } from "./metacharacters.contract.ts";
import { publishContract } from "./publish.contract.ts";
import { publishersContract } from "./publishers.contract.ts";
import { releaseLogContract } from "./release-log.contract.ts";
import { releasesContract } from "./releases.contract.ts";
import { settingsContract } from "./settings.contract.ts";
import { schedulesContract } from "./schedules.contract.ts";
import { s3InUseContract } from "./s3-in-use.contract.ts";
import { secretsHttpContract } from "./secrets-http.contract.ts";
import { secretsContract } from "./secrets.contract.ts";
import { storageContract } from "./storage.contract.ts";
import { quotasContract } from "./quotas.contract.ts";
import { logsContract } from "./logs.contract.ts";
import { tenancyContract } from "./tenancy.contract.ts";
import { trustContract } from "./trust.contract.ts";

/** Everything the registry promises, on one database engine; `watch` sees what it says to the database. */
export function registryContract(
  open: () => Promise<TestDatabase>,
  watch?: (dialect: Dialect) => Dialect,
): void {
  let world: World | null = null;
  const current = (): World => {
    if (world === null) throw new Error("the database is not open yet");
    return world;
  };
  beforeAll(async () => {
    world = await createWorld(await open(), watch);
  }, 120_000);
  afterAll(async () => {
    await world?.close();
  });
  publishContract(current);
  publishersContract(current);
  maintenanceContract(current);
  metacharactersContract(current);
  releasesContract(current);
  releaseLogContract(current);
  headsContract(current);
  trustContract(current);
  installsContract(current);
  installLifeContract(current);
  settingsContract(current);
  domainsContract(current);
  secretsContract(current);
  keysInUseContract(current);
  secretsHttpContract(current);
  s3InUseContract(current);
  storageContract(current);
  quotasContract(current);
  logsContract(current);
  tenancyContract(current);
  httpContract(current);
  httpAccessContract(current);
  httpManagementContract(current);
  httpFuzzContract(current);
  accessContract(current);
  eventsContract(current);
  schedulesContract(current);
}
