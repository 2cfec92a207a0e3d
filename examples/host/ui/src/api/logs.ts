import type { AuditRecord, ExecutionRecord, LimitsInForce, Page, UsageWindow } from "@alga-ext/registry";
import { extensionPath, request, toQuery } from "./request.ts";

/** Which calls to show. */
export interface CallFilter {
  readonly status?: string;
  readonly requestId?: string;
  readonly from?: string;
}

/** Calls of one extension, newest first. */
export async function listCalls(
  extension: string,
  filter: CallFilter,
  cursor: string | null,
): Promise<Page<ExecutionRecord>> {
  const path = `${extensionPath(extension)}/logs${toQuery({ ...filter, cursor, limit: 50 })}`;
  const { entries, nextCursor } = await request<{
    entries: readonly ExecutionRecord[];
    nextCursor: string | null;
  }>("GET", path);
  return { items: entries, nextCursor };
}

/** What one extension used, by the hour, newest first: all of it from a moment on. */
export async function listUsage(extension: string, from: string): Promise<readonly UsageWindow[]> {
  const found: UsageWindow[] = [];
  for (let cursor: string | null = null; ;) {
    const query = toQuery({ from, cursor, limit: 100 });
    const page: Page<UsageWindow> = await request("GET", `${extensionPath(extension)}/usage${query}`);
    found.push(...page.items);
    if (page.nextCursor === null) return found;
    cursor = page.nextCursor;
  }
}

/** Limits of one extension, and what is used of them. */
export const readQuota = (extension: string): Promise<LimitsInForce> =>
  request("GET", `${extensionPath(extension)}/quota`);

/** Which entries of the audit log to show. */
export interface AuditFilter {
  readonly eventType?: string;
  readonly actor?: string;
  readonly resourceId?: string;
  readonly from?: string;
}

/** What administrators and the system did, newest first. */
export const listAudit = (filter: AuditFilter, cursor: string | null): Promise<Page<AuditRecord>> =>
  request("GET", `/api/extensions/audit${toQuery({ ...filter, cursor, limit: 50 })}`);
