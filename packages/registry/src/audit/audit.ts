import { randomUUID } from "node:crypto";
import type { JsonValue } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { RegistryDb, TenantDb } from "../db/registry-db.ts";
import { parseTime } from "../internal/parse-time.ts";
import { decodeTimeCursor, toTimeKey } from "../internal/time-key.ts";
import { toText } from "../internal/to-text.ts";
import { toLimit, toPage, type Page, type PageQuery } from "../releases/page.ts";
import { toDetails } from "./to-details.ts";

/** Who did what, from where. */
export interface AuditEntry {
  readonly tenantId: string;
  /** `<thing>.<what happened>`, at most 100 characters, such as `install.created`. */
  readonly eventType: string;
  /** User id, or null for the system. */
  readonly actor: string | null;
  readonly actorEmail?: string;
  readonly resourceType?: string;
  readonly resourceId?: string;
  readonly resourceName?: string;
  /** `success`, `denied` or `failure`. @default "success" */
  readonly status?: "success" | "denied" | "failure";
  readonly errorMessage?: string;
  /** At most 16 KiB; members named like a secret lose their value. */
  readonly details?: { readonly [key: string]: JsonValue };
  readonly ipAddress?: string;
  readonly userAgent?: string;
}

/** An entry as it was kept. */
export interface AuditRecord {
  readonly id: string;
  readonly at: string;
  readonly eventType: string;
  readonly actor: string | null;
  readonly actorEmail: string | null;
  readonly resourceType: string | null;
  readonly resourceId: string | null;
  readonly resourceName: string | null;
  readonly status: string;
  readonly errorMessage: string | null;
  readonly details: { readonly [key: string]: JsonValue };
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** Which entries to read. */
export interface AuditQuery extends PageQuery {
  readonly tenantId: string;
  readonly eventType?: string;
  readonly actor?: string;
  readonly resourceId?: string;
  /** At or after, RFC 3339. */
  readonly from?: string;
  /** Before, RFC 3339. */
  readonly to?: string;
}

/** What administrators and the system did; the application can add to it and read it, never change it. */
export interface Audit {
  /** Keep one entry and return its id. Texts that are too long are cut: nothing a caller sends loses the entry. */
  append(entry: AuditEntry): Promise<string>;
  /**
   * One page, newest first.
   *
   * @throws {RegistryError} `invalid_request`.
   */
  list(query: AuditQuery): Promise<Page<AuditRecord>>;
}

/** The audit log in the registry's database. */
export function createAudit({ db, clock }: { readonly db: RegistryDb; readonly clock: () => number }): Audit {
  return Object.freeze<Audit>({
    append: (entry) =>
      db.withTenant(entry.tenantId, (tx) => appendAudit(tx, { ...entry, at: new Date(clock()) })),
    list: (query) => listAudit(db, query),
  });
}

/** Keep one entry in the transaction of what it tells about: both commit, or neither does. */
export async function appendAudit(tx: TenantDb, entry: AuditEntry & { readonly at: Date }): Promise<string> {
  const id = randomUUID();
  const cut = (text: string | undefined, maxLength: number): string | null =>
    text === undefined ? null : toText(text, maxLength);
  await tx
    .insertInto("extension_audit_logs")
    .values({
      tenant: entry.tenantId,
      log_id: id,
      event_type: toText(entry.eventType, 100),
      user_id: cut(entry.actor ?? undefined, 255),
      user_email: cut(entry.actorEmail, 320),
      resource_type: cut(entry.resourceType, 50),
      resource_id: cut(entry.resourceId, 255),
      resource_name: cut(entry.resourceName, 255),
      status: entry.status ?? "success",
      error_message: cut(entry.errorMessage, 2048),
      details: JSON.stringify(toDetails(entry.details ?? {})),
      ip_address: cut(entry.ipAddress, 45),
      user_agent: cut(entry.userAgent, 512),
      created_at: entry.at,
    })
    .execute();
  return id;
}

async function listAudit(db: RegistryDb, query: AuditQuery): Promise<Page<AuditRecord>> {
  const { tenantId, eventType, actor, resourceId } = query;
  const size = toLimit(query.limit);
  const after = decodeTimeCursor("audit", query.cursor);
  const from = query.from === undefined ? null : parseTime(query.from, "from");
  const to = query.to === undefined ? null : parseTime(query.to, "to");
  const rows = await db.withTenant(tenantId, (tx) =>
    tx
      .selectFrom("extension_audit_logs")
      .selectAll()
      .where("tenant", "=", tenantId)
      .$if(eventType !== undefined, (select) => select.where("event_type", "=", eventType ?? ""))
      .$if(actor !== undefined, (select) => select.where("user_id", "=", actor ?? ""))
      .$if(resourceId !== undefined, (select) => select.where("resource_id", "=", resourceId ?? ""))
      .$if(from !== null, (select) => select.where("created_at", ">=", from))
      .$if(to !== null, (select) => select.where("created_at", "<", to))
      .$if(after !== null, (select) =>
        select.where(sql<boolean>`(created_at, log_id) < (${after?.at}::timestamptz, ${after?.id}::uuid)`),
      )
      .orderBy("created_at", "desc")
      .orderBy("log_id", "desc")
      .limit(size + 1)
      .execute(),
  );
  return toPage(rows, {
    limit: size,
    list: "audit",
    keyOf: (row) => toTimeKey({ at: row.created_at, id: row.log_id }),
    toItem: (row): AuditRecord => ({
      id: row.log_id,
      at: row.created_at.toISOString(),
      eventType: row.event_type,
      actor: row.user_id,
      actorEmail: row.user_email,
      resourceType: row.resource_type,
      resourceId: row.resource_id,
      resourceName: row.resource_name,
      status: row.status,
      errorMessage: row.error_message,
      details: row.details,
      ipAddress: row.ip_address,
      userAgent: row.user_agent,
    }),
  });
}
