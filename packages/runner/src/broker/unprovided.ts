import type { HostAnswer } from "../cells/cell.ts";
import type { WireValue } from "../frames/wire-value.ts";
import { err, ok, record, text, type CapabilityFunction, type CapabilityInterface } from "./capability.ts";

const each = (names: readonly string[], answer: CapabilityFunction): Record<string, CapabilityFunction> =>
  Object.fromEntries(names.map((name) => [name, answer]));

const MAX_ROUTE_CHARS = 4_096;

/** `alga:extension/ui-proxy` without a platform behind it: the checks of contract §4.7, then no route exists. */
export const uiProxyInterface: CapabilityInterface = {
  grant: "cap:ui.proxy",
  denied: () => err("denied"),
  functions: {
    callRoute: (_session, [route]) => {
      if (text(route).length > MAX_ROUTE_CHARS) return err("bad-request");
      const path = text(route).trim().split("?")[0] ?? "";
      const segments = path.split("/");
      if (path === "" || segments.includes(".") || segments.includes("..")) return err("bad-request");
      return err("route-not-found");
    },
  },
};

const MUTATIONS = ["createSchedule", "updateSchedule", "deleteSchedule"] as const;

/** `alga:extension/scheduler` when the host offers no schedules. */
export const schedulerInterface: CapabilityInterface = {
  grant: "cap:scheduler.manage",
  denied: (fn) =>
    (MUTATIONS as readonly string[]).includes(fn)
      ? ok({ success: false, error: "Permission denied: cap:scheduler.manage not granted" })
      : err("denied"),
  functions: {
    ...each(["listSchedules", "getSchedule", "getEndpoints"], ({ scope }) =>
      err(scope.installId === "" ? "denied" : "internal"),
    ),
    ...each(MUTATIONS, ({ scope }) =>
      ok({ success: false, error: scope.installId === "" ? "Install ID missing" : "internal" }),
    ),
  },
};

/** `alga:extension/invoicing` when the host offers none. */
export const invoicingInterface: CapabilityInterface = {
  grant: "cap:invoice.manual.create",
  denied: () => ok({ success: false, error: "Permission denied: cap:invoice.manual.create not granted" }),
  functions: {
    createManualInvoice: ({ scope }) =>
      ok({
        success: false,
        error: scope.installId === "" ? "Permission denied: install_id missing" : "internal",
      }),
  },
};

const MAX_PAGE_SIZE = 100;

/** Lists are paged: page from 1, page size from 1 to 100 (contract §4.3). */
function checkPage(fn: string, [input]: readonly WireValue[]): HostAnswer | null {
  if (!fn.startsWith("list")) return null;
  const { page, pageSize } = record(input);
  const isBad = (value: WireValue, max: number) => typeof value === "number" && (value < 1 || value > max);
  return isBad(page, Infinity) || isBad(pageSize, MAX_PAGE_SIZE) ? err("invalid-input") : null;
}

/** `alga:extension/clients` when the host offers none. */
export const clientsInterface: CapabilityInterface = {
  grant: "cap:client.read",
  denied: () => err("not-allowed"),
  precheck: checkPage,
  functions: each(["listClients", "getClient"], ({ scope }) =>
    err(scope.installId === "" ? "not-allowed" : "internal"),
  ),
};

/** `alga:extension/services` when the host offers none. */
export const servicesInterface: CapabilityInterface = {
  grant: "cap:service.read",
  denied: () => err("not-allowed"),
  precheck: checkPage,
  functions: each(["listServices", "getService"], ({ scope }) =>
    err(scope.installId === "" ? "not-allowed" : "internal"),
  ),
};
