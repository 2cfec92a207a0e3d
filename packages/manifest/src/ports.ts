import type { WitInterface } from "@alga-ext/protocol/wit";

/** A power an extension may ask for, and what granting it means. */
export interface Capability {
  /** `cap:` name in lower case, as granted and sent to the runner. */
  readonly name: string;
  /** Interfaces that need it: names of the platform's world, or full names such as `acme:psa/tickets`. */
  readonly interfaces: readonly string[];
  /** Granted to every extension without asking. */
  readonly byDefault: boolean;
  /** How much harm a bad extension could do with it. */
  readonly risk: "low" | "medium" | "high";
  /** What it lets the extension do, for an administrator who consents; a verb phrase without a full stop. */
  readonly sentence: string;
  /** The host answers its calls at `/api/internal/ext-{route}/…`. */
  readonly route?: string;
}

/** A capability of the platform itself. */
export interface PlatformCapability extends Capability {
  readonly interfaces: readonly WitInterface[];
}

/**
 * Every capability a host knows: the platform's, in the order of its WIT world, then the host's own.
 *
 * Both look-ups take a name however it is written: bare or prefixed, any case, an old alias. They are pure.
 */
export interface Catalogue {
  readonly capabilities: readonly Capability[];
  /** The `cap:` name; null when nothing of that name is known. */
  normalize(name: string): string | null;
  /** The capability; null when nothing of that name is known. */
  find(name: string): Capability | null;
}

/** Where capabilities are looked up. */
export interface CatalogueOptions {
  /** @default the platform's capabilities */
  readonly catalogue?: Catalogue;
}
