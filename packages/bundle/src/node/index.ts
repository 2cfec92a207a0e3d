/**
 * Pack and read archives, make keys and sign with them on Node.
 *
 * Import from `@alga-ext/bundle/node`.
 * @module
 */
export { pack, type PackedBundle } from "./pack.ts";
export { packTo, type PackOptions, type PackSummary } from "./pack-to.ts";
export type { PackFile, PackFiles } from "./pack-file.ts";
export type { ByteSink } from "./zstd.ts";
export { readBundle, type Bundle, type ReadBundleOptions } from "./read-bundle.ts";
export { generateSigningKey, type SigningKey } from "./generate-signing-key.ts";
export { createPemSigner } from "./create-pem-signer.ts";
export { createTrustFiles, type TrustFiles, type TrustFilesOptions } from "./create-trust-files.ts";
