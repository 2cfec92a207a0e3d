import type { HostCapabilityUser } from "@alga-ext/gateway";

/** A client as extensions see it. */
export interface ClientRecord {
  readonly clientId: string;
  readonly clientName: string;
  readonly clientType: "company" | "individual" | null;
  readonly isInactive: boolean;
  readonly defaultCurrencyCode: string | null;
  readonly accountManagerId: string | null;
  readonly accountManagerName: string | null;
  readonly billingEmail: string | null;
}

/** A service or product as extensions see it; rates are in minor units of the currency. */
export interface ServiceRecord {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly itemKind: "service" | "product";
  readonly billingMethod: "fixed" | "hourly" | "usage";
  readonly serviceTypeId: string | null;
  readonly serviceTypeName: string | null;
  readonly defaultRate: number;
  readonly unitOfMeasure: string;
  readonly isActive: boolean;
  readonly sku: string | null;
}

/** A draft of an invoice; amounts are whole minor units of the currency. */
export interface DraftInvoice {
  readonly invoiceId: string;
  readonly invoiceNumber: string;
  readonly status: "draft";
  readonly clientId: string;
  readonly invoiceDate: string;
  readonly dueDate: string;
  readonly poNumber: string | null;
  readonly subtotal: number;
  readonly tax: number;
  readonly total: number;
  /** The person on whose behalf it was made, else the extension's install: never somebody who did not ask for it. */
  readonly createdBy: string;
}

/** Port: the product's own tables. Everything is asked for one tenant. */
export interface Product {
  clients(tenantId: string): readonly ClientRecord[];
  services(tenantId: string): readonly ServiceRecord[];
  /** Keep a draft and give it a number. */
  saveInvoice(
    tenantId: string,
    draft: Omit<DraftInvoice, "invoiceId" | "invoiceNumber" | "status">,
  ): Promise<DraftInvoice>;
  /** Whether a person may do this; asked only when there is one. */
  may(
    tenantId: string,
    user: HostCapabilityUser,
    right: "client:read" | "service:read" | "invoice:create",
  ): boolean;
}
