/** Caps while an archive is read; each one exceeded is a typed refusal that names it. */
export interface ArchiveLimits {
  /** Bytes of the archive as stored. @default 200 MiB */
  readonly maxArchiveBytes: number;
  /** Bytes of the uncompressed tar. @default 512 MiB */
  readonly maxExpandedBytes: number;
  /** Tar entries, directories included. @default 10,000 */
  readonly maxFiles: number;
  /** Expanded bytes per stored byte, once {@link ArchiveLimits.ratioFloorBytes} is passed. @default 100 */
  readonly maxRatio: number;
  /** Expanded bytes that are always allowed, whatever the ratio. @default 16 MiB */
  readonly ratioFloorBytes: number;
  /** Largest zstd window. @default 8 MiB, what `zstd -19` uses */
  readonly maxWindowBytes: number;
}

const MIB = 1024 * 1024;

/** The caps used where an option is absent. */
export const ARCHIVE_LIMITS: ArchiveLimits = Object.freeze({
  maxArchiveBytes: 200 * MIB,
  maxExpandedBytes: 512 * MIB,
  maxFiles: 10_000,
  maxRatio: 100,
  ratioFloorBytes: 16 * MIB,
  maxWindowBytes: 8 * MIB,
});

/** Caps while a component is inspected. */
export interface ComponentLimits {
  /** Bytes of the component. @default 16 MiB */
  readonly maxBytes: number;
  /** @default 32 */
  readonly maxCoreModules: number;
  /** Nested components, the outermost not counted. @default 64 */
  readonly maxComponents: number;
  /** Core and component instances once every instantiation is expanded. @default 256 */
  readonly maxExpandedInstances: number;
  /** Locals of one function, parameters not counted. @default 2,000 */
  readonly maxLocals: number;
  /** Bytes of one function body. @default 512 KiB */
  readonly maxBodyBytes: number;
  /** Defined functions in all core modules together. @default 50,000 */
  readonly maxFunctions: number;
  /** Tables defined in one core module. @default 16 */
  readonly maxTables: number;
  /** Initial elements of all tables together. @default 100,000 */
  readonly maxTableElements: number;
}

/** The caps used where an option is absent. */
export const COMPONENT_LIMITS: ComponentLimits = Object.freeze({
  maxBytes: 16 * MIB,
  maxCoreModules: 32,
  maxComponents: 64,
  maxExpandedInstances: 256,
  maxLocals: 2_000,
  maxBodyBytes: 512 * 1024,
  maxFunctions: 50_000,
  maxTables: 16,
  maxTableElements: 100_000,
});
