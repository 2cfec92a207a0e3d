/**
 * Certificates for tests, right and wrong.
 *
 * Import from `@alga-ext/bundle/testing`.
 * @module
 */
export {
  createTestCertificate,
  resignCertificate,
  toExtension,
  type TestCertificate,
  type TestCertificateOptions,
  type TestKeyKind,
} from "./create-test-certificate.ts";
