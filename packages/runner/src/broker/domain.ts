import type { HostAnswer } from "../cells/cell.ts";
import type { WireValue } from "../frames/wire-value.ts";
import { err, ok, record, type CapabilityFunction, type CapabilityInterface } from "./capability.ts";

/**
 * Interfaces of the world whose answers only the host application has: a {@link CapabilityProvider} takes over their
 * functions; until one does, they fail in their own terms. Checks before the call and denials stay as they are.
 */
export const DOMAIN_INTERFACES: Readonly<Record<string, CapabilityInterface>> = {
  invoicing: {
    grant: "cap:invoice.manual.create",
    denied: () => refuse("Permission denied: cap:invoice.manual.create not granted"),
    withoutInstall: () => refuse("Permission denied: install_id missing"),
    functions: { createManualInvoice: () => refuse("internal") },
  },
  clients: readInterface("cap:client.read", ["listClients", "getClient"]),
  services: readInterface("cap:service.read", ["listServices", "getService"]),
};

const MAX_PAGE_SIZE = 100;

function readInterface(grant: string, names: readonly string[]): CapabilityInterface {
  const internal: CapabilityFunction = () => err("internal");
  return {
    grant,
    denied: () => err("not-allowed"),
    withoutInstall: () => err("not-allowed"),
    precheck: checkPage,
    functions: Object.fromEntries(names.map((name) => [name, internal])),
  };
}

function refuse(error: string): HostAnswer {
  return ok({ success: false, error });
}

/** Lists are paged: page from 1, page size from 1 to 100 (contract §4.3). */
function checkPage(fn: string, [input]: readonly WireValue[]): HostAnswer | null {
  if (!fn.startsWith("list")) return null;
  const { page, pageSize } = record(input);
  const isBad = (value: WireValue, max: number) => typeof value === "number" && (value < 1 || value > max);
  return isBad(page, Infinity) || isBad(pageSize, MAX_PAGE_SIZE) ? err("invalid-input") : null;
}
