import type { JsonValue } from "@alga-ext/protocol";

/** A route that the extension's handler answers. */
export interface ManifestEndpoint {
  /** Upper case. */
  readonly method: string;
  /** Pattern with a leading `/`; a segment `:name` matches any non-empty segment. */
  readonly path: string;
  /** Informational: the component's one handler answers every endpoint. */
  readonly handler: string;
  /** Whether a schedule may call it. */
  readonly schedulable: boolean;
  /** One sentence for documentation. */
  readonly summary?: string;
}

/** An outside host the extension wants to call. */
export interface ManifestEgress {
  /** Lower-case host name, or `*.` and a domain to mean exactly one more label. */
  readonly host: string;
  /** Ports besides 443. */
  readonly ports?: readonly number[];
  /** Why, in the publisher's words. */
  readonly reason: string;
}

/** A menu item through which a host offers the extension's page. */
export interface ManifestMenu {
  /** Trimmed, never empty. */
  readonly label: string;
}

/** Where a host offers the page; keys other than the two menus are handed on as they are. */
export interface ManifestHooks {
  readonly appMenu?: ManifestMenu;
  readonly clientPortalMenu?: ManifestMenu;
  readonly [hook: string]: JsonValue | ManifestMenu | undefined;
}

/** The extension's page. */
export interface ManifestUi {
  readonly type: "iframe";
  /** Path inside the bundle, without a leading `/`. */
  readonly entry: string;
  readonly hooks: ManifestHooks;
}

/** A manifest in the one strict form everything else works with. */
export interface Manifest {
  readonly name: string;
  /** `unknown` when the source names none. */
  readonly publisher: string;
  /** `publisher.name`, lower case. */
  readonly slug: string;
  /** Semantic version, or `X.Y.*`: the registry picks the patch number. */
  readonly version: string;
  readonly runtime: string;
  /** Falls back to the app menu's label, then to the name. */
  readonly displayName: string;
  readonly description: string;
  /** Known capabilities as `cap:` names, each once, in declared order. */
  readonly capabilities: readonly string[];
  /** Declared names that mean nothing here; never granted. */
  readonly unknownCapabilities: readonly string[];
  readonly egress: readonly ManifestEgress[];
  readonly ui: ManifestUi | null;
  /** In declared order, each method and path once. */
  readonly endpoints: readonly ManifestEndpoint[];
  /** As written: hostile input until validated. */
  readonly settings: JsonValue | null;
  /** The source as written, JSON-safe. */
  readonly raw: { readonly [key: string]: JsonValue };
}

/** Where in the source something is; line and column only when the source was text. */
export interface ManifestPlace {
  /** JSON pointer; the empty string is the whole document. */
  readonly pointer: string;
  /** From 1. */
  readonly line?: number;
  /** From 1, in UTF-16 code units. */
  readonly column?: number;
}

/** One reason why a manifest was refused. */
export interface ManifestProblem extends ManifestPlace {
  readonly message: string;
}

/** What a warning is about. */
export type ManifestWarningCode =
  /** A key nobody knows; `suggestion` may name the one that was meant. */
  | "unknown_key"
  /** A known key that has no effect. */
  | "ignored_key"
  /** The same key twice in one object; the last one counts. */
  | "duplicate_key"
  /** A capability nobody knows; it is never granted. */
  | "unknown_capability"
  /** The same capability, host or endpoint twice; the first one counts. */
  | "duplicate"
  /** A value was understood, but is written differently in the strict form. */
  | "normalized"
  /** No publisher: the extension cannot be signed for one. */
  | "missing_publisher"
  /** A runtime other than `wasm-js@1`. */
  | "unknown_runtime"
  /** An endpoint that an earlier one always wins over. */
  | "unreachable_endpoint"
  /** `cap:http.fetch` and `egress` need each other. */
  | "egress_mismatch";

/** Something that was accepted, but that the author should know. */
export interface ManifestWarning extends ManifestPlace {
  readonly code: ManifestWarningCode;
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion?: string;
}

/** Answer of `parseManifest`. */
export interface ParsedManifest {
  readonly manifest: Manifest;
  /** At most 100. */
  readonly warnings: readonly ManifestWarning[];
}
