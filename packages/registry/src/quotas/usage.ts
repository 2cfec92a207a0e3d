import { sql } from "kysely";
import type { RegistryDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { parseTime } from "../internal/parse-time.ts";
import { decodeTimeCursor, toTimeKey } from "../internal/time-key.ts";
import { toLimit, toPage, type Page, type PageQuery } from "../releases/page.ts";
import { chargeUsage, USAGE_WINDOW_MS, type UsageEntry } from "./charge-usage.ts";

/** What one extension of a tenant used in one hour. */
export interface UsageWindow extends Omit<UsageEntry, "at"> {
  /** RFC 3339; windows are hours. */
  readonly windowStart: string;
}

/** Which hours to read: newest first. */
export interface UsageQuery extends PageQuery {
  readonly tenantId: string;
  /** @default every extension */
  readonly registryId?: string;
  /** RFC 3339, inclusive. @default the beginning */
  readonly from?: string;
  /** RFC 3339, exclusive. @default now and later */
  readonly to?: string;
}

/** What a caller adds beside finished calls. */
export interface UsageRecord extends Partial<Omit<UsageEntry, "at" | "registryId">> {
  readonly tenantId: string;
  readonly registryId: string;
  /** RFC 3339. @default now */
  readonly at?: string;
}

/** Usage per tenant, extension and hour. */
export interface Usage {
  /**
   * Add what is not a logged call, such as served files: finished calls are counted by the execution log, once each.
   *
   * Adds every time it is called. @throws {RegistryError} `invalid_request`, `extension_not_found`.
   */
  record(entry: UsageRecord): Promise<void>;
  /**
   * The hours of a tenant, newest first.
   *
   * @throws {RegistryError} `invalid_request`.
   */
  read(query: UsageQuery): Promise<Page<UsageWindow>>;
}

/** Usage in the registry's database. */
export function createUsage({ db, clock }: { readonly db: RegistryDb; readonly clock: () => number }): Usage {
  return Object.freeze<Usage>({
    async record({ tenantId, registryId, at, ...amounts }) {
      if (!isUuid(registryId)) {
        throw new RegistryError("extension_not_found", "Usage is kept by the registry id of an extension.");
      }
      for (const [field, amount] of Object.entries(amounts)) {
        if (!Number.isSafeInteger(amount) || amount < 0) refuse(field, "must be a whole number from 0");
      }
      const none = { invocations: 0, cpuMs: 0, memoryMbMs: 0, egressBytes: 0 };
      const time = at === undefined ? new Date(clock()) : parseTime(at, "at");
      const entry = { ...none, ...amounts, registryId: registryId.toLowerCase(), at: time };
      await db.withTenant(tenantId, (tx) => chargeUsage(tx, tenantId, [entry]));
    },
    async read({ tenantId, registryId, from, to, cursor, limit }) {
      const size = toLimit(limit);
      const after = decodeTimeCursor("usage", cursor);
      const since = from === undefined ? null : toWindow(from);
      const until = to === undefined ? null : parseTime(to, "to");
      if (registryId !== undefined && !isUuid(registryId)) return { items: [], nextCursor: null };
      const rows = await db.withTenant(tenantId, (tx) =>
        tx
          .selectFrom("extension_quota_usage")
          .selectAll()
          .where("tenant_id", "=", tenantId)
          .$if(registryId !== undefined, (query) => query.where("registry_id", "=", registryId ?? ""))
          .$if(since !== null, (query) => query.where("window_start", ">=", since))
          .$if(until !== null, (query) => query.where("window_start", "<", until))
          .$if(after !== null, (query) =>
            query.where(
              sql<boolean>`(window_start, registry_id) < (${after?.at}::timestamptz, ${after?.id}::uuid)`,
            ),
          )
          .orderBy("window_start", "desc")
          .orderBy("registry_id", "desc")
          .limit(size + 1)
          .execute(),
      );
      return toPage(rows, {
        limit: size,
        list: "usage",
        keyOf: (row) => toTimeKey({ at: row.window_start, id: row.registry_id }),
        toItem: (row): UsageWindow => ({
          registryId: row.registry_id,
          windowStart: row.window_start.toISOString(),
          invocations: Number(row.invocations),
          cpuMs: Number(row.cpu_ms),
          memoryMbMs: Number(row.mem_mb_ms),
          egressBytes: Number(row.egress_bytes),
        }),
      });
    },
  });
}

/** Start of the hour that a time is in. */
function toWindow(from: string): Date {
  return new Date(Math.floor(parseTime(from, "from").getTime() / USAGE_WINDOW_MS) * USAGE_WINDOW_MS);
}

function refuse(field: string, problem: string): never {
  throw new RegistryError("invalid_request", `${field} ${problem}.`, { details: { field } });
}
