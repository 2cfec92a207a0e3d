import type { BundleSource } from "@alga-ext/protocol";
import { createSignedBundles, type HttpBundlesOptions } from "./http-bundles.ts";
import { presignUrl } from "./presign-url.ts";

/** Options of {@link createS3Bundles}. */
export interface S3BundlesOptions extends Omit<HttpBundlesOptions, "headers"> {
  /**
   * The bucket, and a prefix in it if there is one: `http://minio:9000/alga-ext/`, or
   * `https://alga-ext.s3.eu-central-1.amazonaws.com/`.
   */
  readonly baseUrl: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
  /** @default "us-east-1" */
  readonly region?: string;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
}

/**
 * Read archives from a bucket of S3, or of a store that speaks like it. The credentials need `s3:GetObject`, and
 * `s3:ListBucket`: without it S3 answers 403 where it should say that there are no signatures.
 *
 * @throws {TypeError} when the base is no http or https URL
 */
export function createS3Bundles(options: S3BundlesOptions): BundleSource {
  const { region = "us-east-1", clock = Date.now } = options;
  return createSignedBundles(options, (url, method) =>
    presignUrl(url, method, { ...options, region, now: new Date(clock()) }),
  );
}
