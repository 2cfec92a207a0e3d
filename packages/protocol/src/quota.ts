/** What a call uses, or may use up: taking a place charges it at once, and what was not used comes back at the end. */
export interface QuotaAmounts {
  readonly cpuMs?: number;
  /** Megabytes held × milliseconds. */
  readonly memoryMbMs?: number;
  readonly egressBytes?: number;
}

/** A call that holds a place; the execution log takes it back when the call has ended. */
export interface QuotaLease {
  readonly id: string;
  readonly tenantId: string;
  readonly registryId: string;
  /** Start of the window it was counted in, RFC 3339. */
  readonly windowStart: string;
  /** What it was charged beforehand. */
  readonly reserve: QuotaAmounts;
}
