/** `typ` of a signed head. */
export const HEAD_TYP = "alga-ext-head+jws";
/** Clocks differ; a head from further ahead would hold everybody to a time that has not come. */
export const MAX_AHEAD_MS = 5 * 60 * 1000;

/** The whole of what is published at one moment, as one hash. */
export interface SnapshotRef {
  /** Versions published so far. */
  readonly size: number;
  /** Root of the Merkle tree (RFC 6962) over all versions in the order in which they were published; 64 hex digits. */
  readonly root: string;
}

/** What the registry vouches for with its signature: where its log ends, and what is published. */
export interface Head {
  readonly issuer: string;
  /** `""` for the registry's own chain, else the tenant whose chain it is. */
  readonly chain: string;
  /** Grows by one with every head of the chain. */
  readonly number: number;
  /** Last event of the chain. */
  readonly seq: number;
  readonly hash: string;
  /** Null for the chain of a tenant. */
  readonly snapshot: SnapshotRef | null;
  /** ISO 8601. */
  readonly issuedAt: string;
  readonly expiresAt: string;
}

const HASH = /^[0-9a-f]{64}$/;

/** Whether a value that somebody signed is a head. */
export function isHead(value: unknown): value is Head {
  if (typeof value !== "object" || value === null) return false;
  const head = value as Partial<Record<keyof Head, unknown>>;
  return (
    typeof head.issuer === "string" &&
    typeof head.chain === "string" &&
    isCount(head.number) &&
    isCount(head.seq) &&
    isHash(head.hash) &&
    (head.chain === "" ? isSnapshot(head.snapshot) : head.snapshot === null) &&
    isTime(head.issuedAt) &&
    isTime(head.expiresAt)
  );
}

function isSnapshot(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { size, root } = value as Partial<Record<keyof SnapshotRef, unknown>>;
  return isCount(size) && isHash(root);
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isHash(value: unknown): boolean {
  return typeof value === "string" && HASH.test(value);
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
