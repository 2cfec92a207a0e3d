import { COMPONENT_LIMITS, type ComponentLimits } from "../options.ts";
import { ByteReader } from "./byte-reader.ts";
import { ComponentScope } from "./component-scope.ts";
import { readCoreModule } from "./core-module.ts";
import { refuseFeature, Tally, type WasmFeature } from "./tally.ts";

/** What a component is made of, found without running or compiling any of it. */
export interface ComponentReport {
  /** Instances and functions the outermost component imports, such as `alga:extension/storage`, in order. */
  readonly imports: readonly string[];
  /** Names of the functions of each import. */
  readonly importFunctions: Readonly<Record<string, readonly string[]>>;
  /** Names of types it imports on their own, which carry no behaviour. */
  readonly importedTypes: readonly string[];
  /** Names the outermost component exports, in order. */
  readonly exports: readonly string[];
  /** Core modules at any depth. */
  readonly coreModules: number;
  /** Nested components at any depth. */
  readonly components: number;
  /** Instances that instantiating it makes, every nested instantiation expanded. */
  readonly expandedInstances: number;
  /** Functions defined in all core modules. */
  readonly functions: number;
  /** Size of the component. */
  readonly bytes: number;
  /** Proposals it uses, sorted; judge them with `assertSupportedFeatures`. */
  readonly features: readonly WasmFeature[];
}

/** Options of {@link inspectComponent}. */
export interface InspectOptions {
  /** @default COMPONENT_LIMITS */
  readonly limits?: Partial<ComponentLimits>;
}

/** Nested components are read recursively; this keeps their depth off the stack limit. */
const MAX_DEPTH = 16;
const MAGIC = [0x00, 0x61, 0x73, 0x6d] as const;

/**
 * Read every byte of a component, nested modules and instructions included, and report what it is made of.
 *
 * Every name that a transpiler could paste into JavaScript is checked on the way.
 *
 * @throws {BundleError} `malformed_component`, `bad_core_name`, `bad_component_name`, `component_limit`,
 * `unsupported_feature` for a proposal that cannot be read past
 */
export function inspectComponent(bytes: Uint8Array, options: InspectOptions = {}): ComponentReport {
  const tally = new Tally({ ...COMPONENT_LIMITS, ...options.limits });
  tally.within("maxBytes", bytes.length);
  const reader = new ByteReader(bytes);
  if (readPreamble(reader) !== "component") throw reader.malformed("it is a core module, not a component");
  const scope = readComponent(reader, tally, null, 0);
  return {
    imports: [...scope.imports.keys()],
    importFunctions: Object.fromEntries(scope.imports),
    importedTypes: [...scope.importedTypes],
    exports: [...scope.exports],
    coreModules: tally.coreModules,
    components: tally.components,
    expandedInstances: scope.expandedInstances,
    functions: tally.functions,
    bytes: bytes.length,
    features: [...tally.features].sort(),
  };
}

function readComponent(
  reader: ByteReader,
  tally: Tally,
  parent: ComponentScope | null,
  depth: number,
): ComponentScope {
  if (depth > MAX_DEPTH) throw reader.malformed("components are nested too deep");
  const scope = new ComponentScope(tally, parent);
  while (!reader.isDone) {
    const id = reader.u8();
    const section = reader.section(reader.u32());
    readSection(id, section, scope, depth);
    if (id !== 0) section.assertDone(`section ${id}`);
  }
  return scope;
}

function readSection(id: number, reader: ByteReader, scope: ComponentScope, depth: number): void {
  switch (id) {
    case 0:
      reader.name();
      return;
    case 1:
      if (readPreamble(reader) !== "module") throw reader.malformed("a core module has a wrong preamble");
      return readCoreModule(reader, scope.tally);
    case 2:
      return reader.each(() => scope.readCoreInstance(reader));
    case 3:
      throw refuseFeature("component-linking");
    case 4:
      scope.tally.within("maxComponents", ++scope.tally.components);
      if (readPreamble(reader) !== "component") throw reader.malformed("a component has a wrong preamble");
      return scope.addComponent(readComponent(reader, scope.tally, scope, depth + 1));
    case 5:
      return reader.each(() => scope.readInstance(reader));
    case 6:
      return reader.each(() => scope.readAlias(reader));
    case 7:
      return reader.each(() => scope.readType(reader));
    case 8:
      return reader.each(() => scope.readCanonical(reader));
    case 9:
    case 12:
      throw refuseFeature("component-values");
    case 10:
      return reader.each(() => scope.readImport(reader));
    case 11:
      return reader.each(() => scope.readExport(reader));
    default:
      throw reader.malformed(`section ${id} is unknown`);
  }
}

/** Which kind of binary follows; only version 1 modules and components of today's encoding exist. */
function readPreamble(reader: ByteReader): "module" | "component" {
  for (const byte of MAGIC) if (reader.u8() !== byte) throw reader.malformed("it is not WebAssembly");
  const version = reader.u8() | (reader.u8() << 8);
  const layer = reader.u8() | (reader.u8() << 8);
  if (version === 1 && layer === 0) return "module";
  if (version === 0x0d && layer === 1) return "component";
  throw reader.malformed("its binary version is unknown");
}
