/**
 * Read, sign, verify and inspect extension bundles without running anything in them. Runtime-neutral.
 *
 * Import from `@alga-ext/bundle`; packing, reading archives and keys on Node are at `@alga-ext/bundle/node`.
 * @module
 */
export { BUNDLE_STATUS, BundleError, type BundleErrorCode } from "./errors.ts";
export type { BundleSigner, TrustSource } from "./ports.ts";
export type { SignatureAlgorithm } from "./signing/signature-algorithm.ts";
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
export { SBOM_PATH, toSbom, type SbomComponent } from "./sbom/to-sbom.ts";
export { toStatement, type VerifiableBundle } from "./signing/statement.ts";
export { addSignature, sign } from "./signing/sign.ts";
export {
  assertAllowed,
  bundleSubject,
  verify,
  verifyStatement,
  type RevocableBundle,
  type VerifiedBundle,
  type VerifyOptions,
} from "./signing/verify.ts";
export type { RefusedSignature, VerifiedSigner } from "./signing/judge-signatures.ts";
export type { Binding } from "./signing/bind-publisher.ts";
export type { Certificate } from "./signing/certificate.ts";
export {
  parseTrustBundle,
  trustState,
  type TrustBundleOptions,
  type TrustedKey,
  type TrustPolicy,
  type TrustState,
} from "./signing/trust-policy.ts";
export type {
  KeyWindow,
  PublisherTrust,
  Revocation,
  TrustDocument,
  TrustRoots,
} from "./signing/trust-document.ts";
export { parseTrustDocument } from "./signing/parse-trust-document.ts";
export { updateTrustDocument } from "./signing/update-trust-document.ts";
export { signTrustDocument } from "./signing/sign-trust-document.ts";
export { toTrustSource } from "./signing/to-trust-source.ts";
export {
  inspectComponent,
  type ComponentReport,
  type InspectOptions,
} from "./component/inspect-component.ts";
export type { WasmFeature } from "./component/tally.ts";
export { assertSafeNames } from "./component/assert-safe-names.ts";
export { assertSupportedFeatures } from "./component/assert-supported-features.ts";
export { assertRunnerWorld } from "./component/assert-runner-world.ts";
export {
  matchWorld,
  type RunnerWorldOptions,
  type WorldMatch,
  type WorldNames,
} from "./component/match-world.ts";
export { unusedCapabilities } from "./component/unused-capabilities.ts";
export {
  checkComponent,
  type CheckComponentOptions,
  type ComponentCheck,
} from "./component/check-component.ts";
