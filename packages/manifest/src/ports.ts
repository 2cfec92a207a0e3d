import type { WitInterface } from "@alga-ext/protocol/wit";

/** A power an extension may ask for, and what granting it means. */
export interface Capability {
  /** `cap:` name in lower case, as granted and sent to the runner. */
  readonly name: string;
  /** Interfaces of the WIT world that need it. */
  readonly interfaces: readonly WitInterface[];
  /** Granted to every extension without asking. */
  readonly byDefault: boolean;
  /** How much harm a bad extension could do with it. */
  readonly risk: "low" | "medium" | "high";
  /** What it lets the extension do, for an administrator who consents; a verb phrase without a full stop. */
  readonly sentence: string;
}
