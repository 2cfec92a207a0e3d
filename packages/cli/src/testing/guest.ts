import type { BuildResult } from "../build/build.ts";

/** A component that jco made runnable in this process, with host functions that all answer asynchronously. */
export interface Guest {
  readonly built: BuildResult;
  call(method: string, url: string, body?: unknown): Promise<Answer>;
  /** A new instance from the same code: pristine state. */
  restart(): Promise<void>;
  readonly logs: string[];
  readonly host: { fetch: (request: WireRequest) => unknown; secret: (key: string) => string; nowMs: number };
}
/** A request as the host sees it. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly { name: string; value: string }[];
  readonly body?: Uint8Array;
}
/** What the handler answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly json: unknown;
}

/** Builds the project in a folder, or one made of the given files, and makes its component runnable. */
export interface GuestBench {
  open(projectDir: string): Promise<Guest>;
  writeProject(name: string, files: Readonly<Record<string, string>>): Promise<string>;
}

/** A manifest with these capabilities and one endpoint. */
export function probeManifest(capabilities: readonly string[]): string {
  return JSON.stringify({
    name: "probe",
    publisher: "tests",
    version: "1.0.0",
    runtime: "wasm-js@1",
    capabilities,
    api: { endpoints: [{ method: "GET", path: "/:any", handler: "dist/main" }] },
  });
}
