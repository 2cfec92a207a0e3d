import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, packProject, publishBundle, signBundle } from "@alga-ext/cli";
import { PREPARED_MS, until, type SessionFetch } from "./deployment.ts";

/** Publish the probe, install it for the tenant of `admin`, and wait until it is prepared. */
export async function installProbe(
  target: { baseUrl: string; dataDir: string },
  admin: SessionFetch,
): Promise<string> {
  const published = await publishProbe(target);
  const installed = await admin("/api/v1/extensions/install", { method: "POST", json: published });
  if (!installed.ok)
    throw new Error(`Cannot install the probe: ${installed.status} ${await installed.text()}`);
  await until("the probe to be prepared", PREPARED_MS, async () => {
    const answer = await admin(`/api/ext/${published.registryId}/ok`);
    await answer.arrayBuffer();
    // While it is prepared a call runs out of time; any other answer is what the test is about.
    return answer.status !== 504;
  });
  return published.registryId;
}

/**
 * Build the hostile probe extension from its source, once per deployment, and publish it signed with the deployment's
 * development key; with `changes` to its manifest it is the next version.
 */
export async function publishProbe(
  target: { baseUrl: string; dataDir: string },
  changes: object = {},
): Promise<{ registryId: string; version: string }> {
  const projectDir = fileURLToPath(new URL("./fixtures/probe", import.meta.url));
  const outDir = join(target.dataDir, "probe", "dist");
  const file = join(target.dataDir, "probe", "bundle.tar.zst");
  // Versions differ by their manifests.
  if (!existsSync(outDir)) await build({ projectDir, outDir });
  const packedDir = join(target.dataDir, "probe", "packed");
  const manifest: unknown = JSON.parse(await readFile(join(projectDir, "manifest.json"), "utf8"));
  await mkdir(packedDir, { recursive: true });
  await writeFile(
    join(packedDir, "manifest.json"),
    JSON.stringify({ ...(manifest as object), ...changes }, null, 2),
  );
  await packProject({ projectDir: packedDir, distDir: outDir, outFile: file });
  await signBundle({ file, privateKeyFile: join(target.dataDir, "keys", "signing.pem") });
  const apiKey = (await readFile(join(target.dataDir, "keys", "publisher-api-key"), "utf8")).trim();
  const result = await publishBundle({ file, baseUrl: target.baseUrl, apiKey });
  return { registryId: result.extension.id, version: result.version.version };
}
