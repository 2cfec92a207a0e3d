/** Where an agreement stands. */
export type AgreementStatus = "draft" | "active" | "ended";

/** What a person fills in. */
export interface AgreementDraft {
  readonly title: string;
  readonly customer: string;
  readonly status: AgreementStatus;
  readonly value: number;
  readonly currency: string;
  /** `YYYY-MM-DD`. */
  readonly startDate: string;
  /** `YYYY-MM-DD`. */
  readonly endDate: string;
  readonly notes: string;
}

/** An agreement as the API answers it. */
export interface Agreement extends AgreementDraft {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
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
