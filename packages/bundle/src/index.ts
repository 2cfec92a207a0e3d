/**
 * Read, sign, verify and inspect extension bundles without running anything in them. Runtime-neutral.
 *
 * Import from `@alga-ext/bundle`; packing, reading archives and keys on Node are at `@alga-ext/bundle/node`.
 * @module
 */
export { BUNDLE_STATUS, BundleError, type BundleErrorCode } from "./errors.ts";
export type { BundleSigner, SignatureAlgorithm } from "./ports.ts";
export { ARCHIVE_LIMITS, COMPONENT_LIMITS, type ArchiveLimits, type ComponentLimits } from "./options.ts";
export { encodeTar } from "./archive/encode-tar.ts";
export {
  parseTar,
  TarParser,
  type ParsedTar,
  type TarParserOptions,
  type TarProfile,
} from "./archive/tar-parser.ts";
export { readZstdFrame, type ZstdFrame, type ZstdFrameOptions } from "./archive/zstd-frame.ts";
export { toStatement, type VerifiableBundle } from "./signing/statement.ts";
export { addSignature, sign } from "./signing/sign.ts";
export { verify, type VerifiedBundle, type VerifyOptions } from "./signing/verify.ts";
export {
  parseTrustBundle,
  type TrustBundleOptions,
  type TrustedKey,
  type TrustPolicy,
} from "./signing/trust-policy.ts";
export {
  inspectComponent,
  type ComponentReport,
  type InspectOptions,
} from "./component/inspect-component.ts";
export type { WasmFeature } from "./component/tally.ts";
export { assertSafeNames } from "./component/assert-safe-names.ts";
export { assertSupportedFeatures } from "./component/assert-supported-features.ts";
export { assertRunnerWorld, type RunnerWorldOptions } from "./component/assert-runner-world.ts";
