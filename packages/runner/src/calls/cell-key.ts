import type { ContentHash, ExecuteRequest } from "@alga-ext/protocol";
import type { CellPlace } from "../cells/cell-pool.ts";

/** Where a call runs: a cell never serves two tenants, nor a component two installs or versions. */
export function toCellPlace(context: ExecuteRequest["context"], hash: ContentHash): CellPlace {
  const { tenant_id: tenant } = context;
  const install = JSON.stringify([tenant, context.extension_id, context.install_id ?? ""]);
  return { tenant, install, component: `${install}${hash}` };
}

/** The bundle of a {@link CellPlace.component}. */
export function componentHash(component: string): ContentHash {
  return component.slice(component.lastIndexOf("]") + 1) as ContentHash;
}
