import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, packProject, publishBundle, signBundle } from "@alga-ext/cli";

/** Build the hostile probe extension from its source, and publish it signed with the deployment's development key. */
export async function publishProbe(target: {
  baseUrl: string;
  dataDir: string;
}): Promise<{ registryId: string; version: string }> {
  const projectDir = fileURLToPath(new URL("./fixtures/probe", import.meta.url));
  const outDir = join(target.dataDir, "probe", "dist");
  const file = join(target.dataDir, "probe", "bundle.tar.zst");
  await build({ projectDir, outDir });
  await packProject({ projectDir, distDir: outDir, outFile: file });
  await signBundle({ file, privateKeyFile: join(target.dataDir, "keys", "signing.pem") });
  const apiKey = (await readFile(join(target.dataDir, "keys", "publisher-api-key"), "utf8")).trim();
  const result = await publishBundle({ file, baseUrl: target.baseUrl, apiKey });
  return { registryId: result.extension.id, version: result.version.version };
}
