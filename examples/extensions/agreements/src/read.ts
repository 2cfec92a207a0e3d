import { jsonResponse, type ExecuteResponse, type HostBindings } from "@alga-ext/sdk/handler";
import { NAMESPACE, type Agreement } from "./agreement.ts";

/** Every agreement of the tenant, newest change first. */
export async function listAgreements(host: HostBindings): Promise<Agreement[]> {
  const stored = await host.storage.listJson<Agreement>(NAMESPACE);
  const items = stored.map(({ value }) => value);
  return items.sort((one, other) => (one.updatedAt < other.updatedAt ? 1 : -1));
}

/** The answer where there is no such agreement, or none that the caller may know of. */
export function notFound(): ExecuteResponse {
  return jsonResponse({ error: "agreement_not_found" }, { status: 404 });
}
