import { randomUUID } from "node:crypto";
import type { DraftInvoice, Product, ServiceRecord } from "./ports.ts";

const SERVICES: readonly ServiceRecord[] = [
  service({
    serviceId: "svc-support",
    serviceName: "Helpdesk support",
    defaultRate: 9_500,
    billingMethod: "hourly",
  }),
  service({
    serviceId: "svc-backup",
    serviceName: "Managed backup",
    defaultRate: 4_900,
    unitOfMeasure: "device",
  }),
  service({
    serviceId: "prd-laptop",
    serviceName: "Business laptop",
    itemKind: "product",
    defaultRate: 129_900,
    unitOfMeasure: "piece",
    sku: "LT-14",
  }),
  service({ serviceId: "svc-fax", serviceName: "Fax line", defaultRate: 1_200, isActive: false }),
];

/** The demo's product: its clients as the host keeps them, a fixed price list, invoices in memory. */
export function createDemoProduct(options: {
  readonly clients: (tenantId: string) => readonly { readonly id: string; readonly name: string }[];
}): Product & { readonly invoices: (tenantId: string) => readonly DraftInvoice[] } {
  const invoices = new Map<string, DraftInvoice[]>();
  return {
    clients: (tenantId) =>
      options.clients(tenantId).map(({ id, name }) => ({
        clientId: id,
        clientName: name,
        clientType: "company",
        isInactive: false,
        defaultCurrencyCode: "EUR",
        accountManagerId: null,
        accountManagerName: null,
        billingEmail: null,
      })),
    services: () => SERVICES,
    saveInvoice(tenantId, draft) {
      const own = invoices.get(tenantId) ?? [];
      invoices.set(tenantId, own);
      const invoiceNumber = `D-${String(own.length + 1).padStart(4, "0")}`;
      const saved: DraftInvoice = { ...draft, invoiceId: randomUUID(), invoiceNumber, status: "draft" };
      own.push(saved);
      return Promise.resolve(saved);
    },
    // Clients of the service desk see no price list and no other clients.
    may: (_tenantId, { userType }) => userType === "internal",
    invoices: (tenantId) => invoices.get(tenantId) ?? [],
  };
}

function service(
  given: Partial<ServiceRecord> & Pick<ServiceRecord, "serviceId" | "serviceName" | "defaultRate">,
): ServiceRecord {
  return {
    itemKind: "service",
    billingMethod: "fixed",
    serviceTypeId: null,
    serviceTypeName: null,
    unitOfMeasure: "hour",
    isActive: true,
    sku: null,
    ...given,
  };
}
