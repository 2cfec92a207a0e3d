import type { Tables } from "../../db/schema.ts";

/** What each table is for. */
const PURPOSE = {
  extension_registry: "A published extension: one row per publisher and name.",
  extension_publisher: "Who owns a publisher name: its keys and its organisation.",
  extension_version:
    "An immutable release. Update, delete and truncate are refused to everyone, the owner included.",
  extension_bundle: "The archive of a release: digest, size, signatures. Immutable.",
  extension_api_endpoint: "The endpoints a release declares. Immutable.",
  extension_version_state: "Whether a release is deprecated or yanked, and why.",
  extension_channel: "Which release a channel names, where somebody chose it by hand.",
  extension_snapshot_leaf: "One leaf of the Merkle tree over everything published.",
  extension_snapshot_node: "The inner nodes of that tree, kept so that a head costs a few reads.",
  extension_head: "The signed heads of the release log that were handed out.",
  release_event:
    "The hash-chained release log: one chain per tenant, and the registry's own under the empty tenant.",
  extension_blob_claim:
    "Digests that a publish under way is about to name, so that the janitor leaves them alone.",
  extension_used_token: "Ids of single-use identity tokens until they expire.",
  extension_quota_scope: "Versions of quota limits per scope, so that caches notice a change.",
  tenant_extension_install: "A tenant's install: version, grants, channel, pin, revision.",
  tenant_extension_install_config: "The settings of an install.",
  tenant_extension_install_version: "The versions an install ran, for rollback.",
  extension_domain: "The host name of an install and how far its provisioning is.",
  tenant_extension_install_secrets:
    "One sealed secret (AES-256-GCM, bound to tenant, install, name, version and key).",
  tenant_data_key: "A tenant's data keys, wrapped by the key provider.",
  ext_storage_records: "The key-value records of extensions.",
  ext_storage_usage: "What an install has stored so far; quotas are judged on this one row.",
  ext_storage_schemas: "JSON schemas that records of a namespace must fit.",
  extension_execution_log: "One row per call.",
  extension_quota_limit: "Limits per plan, tenant and extension.",
  extension_quota_state: "What was taken from each limit in its window.",
  extension_quota_usage: "Invocations, CPU, memory and egress per tenant, extension and window.",
  extension_audit_logs: "Who did what, from where. Insert only.",
  extension_upload: "Archives uploaded and not yet finalised.",
  extension_api_key: "API keys, hashed.",
  extension_outbox: "Effects that commit with their cause and are carried out afterwards.",
  extension_event_subscription: "Which install hears of which topic; may be paused.",
  extension_event: "Events the host emitted.",
  extension_delivery: "One event for one subscription, until it is delivered, dead or discarded.",
  extension_delivery_lane: "The order of deliveries per subscription and key.",
  tenant_extension_schedule: "Calls by the clock.",
  extension_call_rate: "Counters behind rate limits that several processes share.",
} as const satisfies Record<keyof Tables, string>;

type Query = (text: string) => Promise<Record<string, unknown>[]>;

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly fallback: string | null;
}

/** The tables of a migrated database as a Markdown page. */
export async function describeTables(query: Query): Promise<string> {
  const columns = (await query(`select c.relname as "table", a.attname as name,
      format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
      pg_get_expr(d.adbin, d.adrelid) as fallback
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    order by c.relname, a.attnum`)) as unknown as Column[];
  const secured = await query(`select relname from pg_class where relforcerowsecurity`);
  const indexes = await query(
    `select tablename, indexdef from pg_indexes where schemaname = 'public' order by indexname`,
  );
  const parts = Object.entries(PURPOSE).map(([table, purpose]) => {
    const own = columns.filter((column) => column.table === table);
    const isSecured = secured.some((row) => row["relname"] === table);
    const rows = own.map(
      ({ name, type, nullable, fallback }) =>
        `| \`${name}\` | ${type}${nullable ? ", may be null" : ""} | ${fallback === null ? "" : `\`${fallback.replaceAll(/\s+/g, " ").replaceAll("|", "\\|")}\``} |`,
    );
    const keys = indexes
      .filter((row) => row["tablename"] === table)
      .map((row) => `- \`${toKey(String(row["indexdef"]))}\``);
    return [
      `## ${table}`,
      "",
      `${purpose}${isSecured ? " Row-level security." : ""}`,
      "",
      "| column | type | default |",
      "| --- | --- | --- |",
      ...rows,
      "",
      ...keys,
      "",
    ].join("\n");
  });
  return `# Tables of the registry

Made from the migrations by \`node packages/registry/scripts/write-tables.ts\`; do not edit.

A table with row-level security shows a transaction only the rows of the tenant it was opened for. On Postgres that holds
for the application's role; on PGlite, whose session user is a superuser, it catches mistakes and is no guarantee.

${parts.join("\n")}`;
}

/** The part of an index definition that says what it is over. */
function toKey(definition: string): string {
  const unique = definition.startsWith("CREATE UNIQUE") ? "unique " : "";
  return `${unique}${definition.replace(/^.* USING /, "")}`;
}
