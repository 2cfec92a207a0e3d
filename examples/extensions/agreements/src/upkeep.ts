import { jsonResponse, type ExecuteResponse, type HostBindings } from "@alga-ext/sdk/handler";
import { NAMESPACE, later, type Agreement } from "./agreement.ts";

/** Follow a client's new name. Doing it again changes nothing, so a repeated delivery does no harm. */
export async function renameCustomer(host: HostBindings, body: unknown): Promise<ExecuteResponse> {
  const { from, to } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof from !== "string" || typeof to !== "string" || to === "") {
    return jsonResponse({ error: "validation_failed", fields: { to: "Send from and to." } }, { status: 422 });
  }
  const changed = await changeAll(host, (agreement) =>
    agreement.customer === from ? { ...agreement, customer: to } : null,
  );
  await host.logging.info(`Client ${from} is now ${to}: ${changed} agreements changed`);
  return jsonResponse({ changed });
}

/** End active agreements whose last day, `YYYY-MM-DD`, is before today. */
export async function endExpired(host: HostBindings, today: string): Promise<ExecuteResponse> {
  const changed = await changeAll(host, (agreement) =>
    agreement.status === "active" && agreement.endDate < today ? { ...agreement, status: "ended" } : null,
  );
  await host.logging.info(`Ended ${changed} agreements whose last day was before ${today}`);
  return jsonResponse({ changed });
}

/**
 * Write over what `change` answers something for, each on the revision that was read.
 *
 * @throws {SdkError} `storage_conflict` when somebody edits at the same time; the host calls again later.
 */
async function changeAll(
  host: HostBindings,
  change: (agreement: Agreement) => Agreement | null,
): Promise<number> {
  let changed = 0;
  for (const { key } of await host.storage.listJson<Agreement>(NAMESPACE)) {
    const entry = await host.storage.getEntry(NAMESPACE, key);
    if (entry === null) continue;
    const stored = JSON.parse(new TextDecoder().decode(entry.value)) as Agreement;
    const next = change(stored);
    if (next === null) continue;
    const updated = { ...next, updatedAt: later(stored.updatedAt) };
    await host.storage.putJson(NAMESPACE, key, updated, { revision: entry.revision ?? 1 });
    changed++;
  }
  return changed;
}
