import type { Agreement, AgreementInput, AgreementStatus } from "../src/agreement.ts";

export type { Agreement, AgreementInput, AgreementStatus };

/** What an answer says besides: `readOnly` to a client of the tenant, who may look at agreements and no more. */
export interface Access {
  readonly readOnly?: boolean;
}

/** A customer's payment standing with Ledgerline. */
export interface Standing {
  readonly customer: string;
  readonly standing: "good" | "watch" | "blocked";
  /** 0 to 999, higher is better. */
  readonly score: number;
}

/** How each status is shown. */
export const STATUS_LOOK = {
  draft: { label: "Draft", tone: "info" },
  active: { label: "Active", tone: "success" },
  ended: { label: "Ended", tone: "default" },
} as const satisfies Record<AgreementStatus, { label: string; tone: string }>;

/** Statuses as options of a select. */
export const STATUS_OPTIONS = Object.entries(STATUS_LOOK).map(([value, { label }]) => ({ value, label }));

/** Currencies offered by the form. */
export const CURRENCIES = ["EUR", "USD", "GBP", "CHF"] as const;
