/** Limits of the storage host API (contract §4.5); sizes in bytes of UTF-8 JSON. */
export const STORAGE_LIMITS = {
  namespacesPerInstall: 32,
  keysPerNamespace: 5120,
  /** Levels of a value or metadata; what administrators send and receive has 100 with its envelope. */
  depth: 90,
  schemaVersionMax: 2_147_483_647,
  valueBytes: 65_536,
  metadataBytes: 4096,
  bulkItems: 20,
  bulkBytes: 524_288,
  totalBytes: 268_435_456,
  ttlMinSeconds: 60,
  ttlMaxSeconds: 2_592_000,
  namespaceLength: 128,
  keyLength: 256,
  pageDefault: 25,
  pageMax: 100,
} as const;
