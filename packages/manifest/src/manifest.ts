import type { JsonValue } from "@alga-ext/protocol";
import type { JsonSchema, SettingsSchema } from "./json-schema.ts";
import type { ManifestProblemCode } from "./problems.ts";
import type { ManifestWarningCode } from "./warnings.ts";

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
  /** JSON body it takes; validate with `validateAgainst`. */
  readonly request?: JsonSchema;
  /** JSON body of its successful answer. */
  readonly response?: JsonSchema;
}

/** The endpoint that an event or a schedule calls. */
export interface ManifestEndpointReference {
  readonly method: string;
  readonly path: string;
}

/** A topic the extension wants to hear of. */
export interface ManifestEvent {
  readonly topic: string;
  /** Where it is delivered; null for the old form, which is not delivered at all. */
  readonly endpoint: ManifestEndpointReference | null;
}

/** A call the host makes by itself. */
export interface ManifestSchedule {
  /** Unique in the manifest. */
  readonly name: string;
  /** Minute, hour, day of month, month, day of week; single spaces between. */
  readonly cron: string;
  /** IANA name; `UTC` when the source names none. */
  readonly timezone: string;
  readonly endpoint: ManifestEndpointReference;
  /** JSON body; null when there is none. */
  readonly payload: JsonValue | null;
  readonly enabled: boolean;
}

/** Addresses for people, all `https:` or `mailto:`. */
export interface ManifestLinks {
  readonly homepage?: string;
  readonly documentation?: string;
  readonly support?: string;
  readonly privacy?: string;
  readonly terms?: string;
  readonly source?: string;
}

/** An outside host the extension wants to call. */
export interface ManifestEgress {
  /**
   * Lower-case host name, or `*.` and a domain to mean exactly one more label. `{name}` stands for a setting's value:
   * `resolveEgress` fills it in, and as it stands it matches no host.
   */
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

/** A tab or a box on a page of the host. */
export interface ManifestView {
  /** Unique in its list. */
  readonly id: string;
  readonly label: string;
  /** Name of the host's page that shows it. */
  readonly target: string;
  /** Where the extension's page opens; begins with `/`. */
  readonly path: string;
}

/** A dialog the host can open. */
export interface ManifestModal {
  /** Unique in its list. */
  readonly id: string;
  readonly label: string;
  /** Where the extension's page opens; begins with `/`. */
  readonly path: string;
  readonly size: "small" | "medium" | "large";
}

/** Where a host offers the page; keys it does not know are handed on as they are. */
export interface ManifestHooks {
  readonly appMenu?: ManifestMenu;
  /** Without it client-portal users cannot reach the extension. */
  readonly clientPortalMenu?: ManifestMenu;
  readonly tabs?: readonly ManifestView[];
  readonly panels?: readonly ManifestView[];
  readonly modals?: readonly ManifestModal[];
  readonly [hook: string]:
    | JsonValue
    | ManifestMenu
    | readonly ManifestView[]
    | readonly ManifestModal[]
    | undefined;
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
  /** Path of a picture inside the bundle, below `ui/`. */
  readonly icon: string | null;
  readonly links: ManifestLinks;
  /** Semantic version; hosts older than it do not offer this version. */
  readonly minHostVersion: string | null;
  /** Known capabilities as `cap:` names, each once, in declared order. */
  readonly capabilities: readonly string[];
  /** Declared names that mean nothing here; never granted. */
  readonly unknownCapabilities: readonly string[];
  readonly egress: readonly ManifestEgress[];
  readonly ui: ManifestUi | null;
  /** In declared order, each method and path once. */
  readonly endpoints: readonly ManifestEndpoint[];
  /** What an administrator fills in; validate values with `validateAgainst`. */
  readonly settings: SettingsSchema | null;
  readonly events: readonly ManifestEvent[];
  readonly schedules: readonly ManifestSchedule[];
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
  readonly code: ManifestProblemCode;
  /** What is wrong and what to do, in whole sentences. */
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion?: string;
}

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
