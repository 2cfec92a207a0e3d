/** A compiled module. */
export interface WasmModule {
  readonly brand: "module";
}
/** A linear memory. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
/** A global; reading it gives a number or a bigint. */
export interface WasmGlobal {
  value: number | bigint;
}
/** A table of functions. */
export interface WasmTable {
  set(index: number, value: unknown): void;
}
/** An instance. */
export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}
/** Imports of a core module, by module and field. */
export type WasmImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The context's own WebAssembly; declared here because the package compiles without DOM types. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports?: object) => WasmInstance;
  readonly Memory: new (descriptor: { readonly initial: number; readonly maximum: number }) => WasmMemory;
  readonly Global: new (descriptor: never) => WasmGlobal;
  readonly Table: new (descriptor: never) => WasmTable;
  readonly Suspending: new (work: () => Promise<unknown>) => object;
};

// Taken before any glue runs.
export const { Module, Instance, Memory, Global, Table, Suspending } = WebAssembly;
