import type { BundleSource } from "@alga-ext/protocol";
import { createFsBundles } from "../adapters/fs-bundles.ts";
import { createHttpBundles } from "../adapters/http-bundles.ts";
import { createS3Bundles } from "../adapters/s3-bundles.ts";
import { textOf, type Environment } from "./environment-values.ts";

/**
 * Where archives come from: a directory, or a store over HTTP, whose addresses are signed when there are keys for it.
 *
 * @throws {TypeError}
 */
export function readBundles(env: Environment): BundleSource {
  const directory = textOf(env, "RUNNER_BUNDLE_DIR");
  const baseUrl = textOf(env, "BUNDLE_STORE_BASE");
  const accessKeyId = textOf(env, "S3_ACCESS_KEY") ?? textOf(env, "MINIO_ACCESS_KEY");
  const secretAccessKey = textOf(env, "S3_SECRET_KEY") ?? textOf(env, "MINIO_SECRET_KEY");
  const region = textOf(env, "S3_REGION");
  if (directory !== undefined && baseUrl !== undefined)
    throw new TypeError(
      "RUNNER_BUNDLE_DIR and BUNDLE_STORE_BASE are both set; archives come from one of them.",
    );
  if (directory !== undefined) return createFsBundles(directory);
  if (baseUrl === undefined)
    throw new TypeError("RUNNER_BUNDLE_DIR or BUNDLE_STORE_BASE is missing: archives come from one of them.");
  if (!/^https?:$/.test(URL.parse(baseUrl)?.protocol ?? ""))
    throw new TypeError("BUNDLE_STORE_BASE must be an http(s) URL.");
  if (accessKeyId === undefined && secretAccessKey === undefined) return createHttpBundles({ baseUrl });
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new TypeError("S3_ACCESS_KEY and S3_SECRET_KEY belong together; one of them is missing.");
  return createS3Bundles({
    baseUrl,
    accessKeyId,
    secretAccessKey,
    ...(region === undefined ? {} : { region }),
  });
}
