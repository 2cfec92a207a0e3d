import type { ByteReader } from "./byte-reader.ts";
import { readAlias, readCoreSort, readSort } from "./alias.ts";
import {
  readExternDescription,
  readExternName,
  readTypeDefinition,
  type TypeEntry,
} from "./component-types.ts";
import { assertComponentName, assertCoreName } from "./names.ts";
import { refuseFeature, type Tally } from "./tally.ts";

/** What one component defines, as far as counting and naming need it. */
export class ComponentScope {
  readonly tally: Tally;
  readonly parent: ComponentScope | null;
  /** Function names by name of imported instance or function; an imported function is its own only entry. */
  readonly imports = new Map<string, readonly string[]>();
  /** Names of imported types: what a world's `use` leaves behind. */
  readonly importedTypes = new Set<string>();
  readonly exports = new Set<string>();
  /** Instances that one instantiation of this component makes, itself included. */
  expandedInstances = 1;
  readonly #types: TypeEntry[] = [];
  /** Expanded instances of each component this one may instantiate. */
  readonly #components: number[] = [];

  constructor(tally: Tally, parent: ComponentScope | null) {
    this.tally = tally;
    this.parent = parent;
  }

  /** A nested component was read completely. */
  addComponent(scope: ComponentScope): void {
    this.#components.push(scope.expandedInstances);
  }

  /** Section 2. */
  readCoreInstance(reader: ByteReader): void {
    this.#addInstances(1, reader);
    const kind = reader.u8();
    if (kind === 0x00) {
      reader.u32();
      reader.each(() => {
        assertCoreName(reader.name(), "import");
        if (reader.u8() !== 0x12) throw reader.malformed("a core instantiation argument is not an instance");
        reader.u32();
      });
    } else if (kind === 0x01) {
      reader.each(() => {
        assertCoreName(reader.name(), "export");
        if (readCoreSort(reader) === "core-module") throw refuseFeature("component-linking");
        reader.u32();
      });
    } else throw reader.malformed("a core instance has an unknown form");
  }

  /** Section 5. */
  readInstance(reader: ByteReader): void {
    const kind = reader.u8();
    if (kind === 0x00) {
      const expanded = this.#components[reader.u32()];
      if (expanded === undefined) throw reader.malformed("a component index is out of range");
      this.#addInstances(expanded, reader);
      reader.each(() => {
        assertComponentName(reader.name());
        this.#readReference(reader);
      });
    } else if (kind === 0x01) {
      this.#addInstances(1, reader);
      reader.each(() => {
        readExternName(reader);
        this.#readReference(reader);
      });
    } else throw reader.malformed("an instance has an unknown form");
  }

  /** Section 6. */
  readAlias(reader: ByteReader): void {
    const alias = readAlias(reader);
    if (alias.target === "core-export") {
      assertCoreName(alias.name, "export");
      if (alias.sort !== "core") throw reader.malformed("a core alias has another sort");
    } else if (alias.target === "export") this.#addByExport(alias.sort);
    else this.#addByOuter(alias.sort, alias.count, alias.index, reader);
  }

  /** Section 7. */
  readType(reader: ByteReader): void {
    this.#types.push(readTypeDefinition(reader, this.tally, this.#types));
  }

  /** Section 8. */
  readCanonical(reader: ByteReader): void {
    const kind = reader.u8();
    if (kind === 0x00 || kind === 0x01) {
      if (reader.u8() !== 0x00) throw reader.malformed("a canonical function has an unknown form");
      reader.u32();
      reader.each(() => readCanonicalOption(reader));
      if (kind === 0x00) reader.u32();
    } else if (kind >= 0x02 && kind <= 0x04) reader.u32();
    else throw refuseFeature("component-async");
  }

  /** Section 10. */
  readImport(reader: ByteReader): void {
    const name = readExternName(reader);
    if (this.imports.has(name) || this.importedTypes.has(name)) {
      throw reader.malformed("a component import appears twice");
    }
    const description = readExternDescription(reader, this.#types);
    if (description.sort === "type") {
      this.#types.push(null);
      this.importedTypes.add(name);
    } else this.imports.set(name, description.sort === "function" ? [name] : description.functions);
  }

  /** Section 11. */
  readExport(reader: ByteReader): void {
    const name = readExternName(reader);
    if (this.exports.has(name)) throw reader.malformed("a component export appears twice");
    this.exports.add(name);
    const sort = this.#readReference(reader);
    const described = reader.u8();
    if (described === 0x01) readExternDescription(reader, this.#types);
    else if (described !== 0x00) throw reader.malformed("an export has an unknown form");
    if (sort === "type") this.#types.push(null);
  }

  /** A sort and an index; passing modules, components or values around is more than a handler needs. */
  #readReference(reader: ByteReader): string {
    const sort = readSort(reader);
    reader.u32();
    if (sort === "component" || sort === "core-module") throw refuseFeature("component-linking");
    if (sort === "value") throw refuseFeature("component-values");
    return sort;
  }

  #addByExport(sort: string): void {
    if (sort === "component" || sort === "core-module") throw refuseFeature("component-linking");
    if (sort === "value") throw refuseFeature("component-values");
    if (sort === "type") this.#types.push(null);
  }

  #addByOuter(sort: string, count: number, index: number, reader: ByteReader): void {
    const scope = this.#ancestor(count);
    if (scope === null) throw reader.malformed("an outer alias leaves the component");
    if (sort === "type") {
      const type = scope.#types[index];
      if (type === undefined) throw reader.malformed("an outer alias is out of range");
      this.#types.push(type);
    } else if (sort === "component") {
      const expanded = scope.#components[index];
      if (expanded === undefined) throw reader.malformed("an outer alias is out of range");
      this.#components.push(expanded);
    } else if (sort !== "core-module" && sort !== "core")
      throw reader.malformed("an outer alias has a wrong sort");
  }

  /** The scope so many components further out; null when there is none. */
  #ancestor(count: number): ComponentScope | null {
    if (count === 0) return this;
    return this.parent === null ? null : this.parent.#ancestor(count - 1);
  }

  #addInstances(count: number, reader: ByteReader): void {
    this.expandedInstances += count;
    if (!Number.isSafeInteger(this.expandedInstances)) throw reader.malformed("instances cannot be counted");
    this.tally.within("maxExpandedInstances", this.expandedInstances);
  }
}

function readCanonicalOption(reader: ByteReader): void {
  const option = reader.u8();
  if (option <= 0x02) return;
  if (option <= 0x05) reader.u32();
  else throw refuseFeature("component-async");
}
