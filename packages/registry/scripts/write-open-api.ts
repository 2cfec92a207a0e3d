/** Write docs/openapi.json from the route table: `node packages/registry/scripts/write-open-api.ts`, after a build. */
import { writeFile } from "node:fs/promises";
import { registryOpenApi } from "@alga-ext/registry";

const target = new URL("../../../docs/openapi.json", import.meta.url);
await writeFile(target, `${JSON.stringify(registryOpenApi(), null, 2)}\n`);
