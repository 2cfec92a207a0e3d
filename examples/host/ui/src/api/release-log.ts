import type { ChainReport } from "@alga-ext/registry";
import { request, toQuery } from "./request.ts";

/** The registry's own chain, or the tenant's. */
export type Chain = "registry" | "tenant";

/** Where a chain ended when somebody looked. */
export interface KnownEnd {
  readonly seq: number;
  readonly hash: string;
}

/** Walk a chain of the release log; against an end that was seen before, a chain that was cut off is noticed, too. */
export const verifyReleaseLog = (chain: Chain, known: KnownEnd | null): Promise<ChainReport> =>
  request("GET", `/api/extensions/release-log/verification${toQuery({ chain, ...known })}`);

/** The newest signed statement of where a chain ends, as compact JWS. */
export async function readHead(chain: Chain): Promise<string> {
  return (await request<{ head: string }>("GET", `/api/extensions/head${toQuery({ chain })}`)).head;
}
