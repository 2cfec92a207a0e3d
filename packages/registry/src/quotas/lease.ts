/** What a call may use up; `take` charges it at once, and what was not used comes back when the call is settled. */
export interface QuotaAmounts {
  readonly cpuMs?: number;
  /** Megabytes held × milliseconds. */
  readonly memoryMbMs?: number;
  readonly egressBytes?: number;
}

/** A call that holds a place; hand it to `executionLog.finished` or `quotas.release` when the call has ended. */
export interface QuotaLease {
  readonly id: string;
  readonly tenantId: string;
  readonly registryId: string;
  /** Start of the window it was counted in, RFC 3339. */
  readonly windowStart: string;
  /** What it was charged beforehand. */
  readonly reserve: QuotaAmounts;
}
