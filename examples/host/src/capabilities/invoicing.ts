import type { HostCapability } from "@alga-ext/gateway";
import type { JsonValue } from "@alga-ext/protocol";
import type { Input } from "./input.ts";
import type { Product } from "./ports.ts";
import { refusal } from "./refusals.ts";

/** A line of an invoice after it was checked; the rate is in whole minor units. */
interface Line {
  readonly quantity: number;
  readonly rate: number;
  readonly isDiscount: boolean;
  readonly discountType: "percentage" | "fixed";
}

const MAX_QUANTITY = 1e6;
const MAX_RATE = 1e9;
const MAX_DESCRIPTION = 500;
const MAX_PO_NUMBER = 128;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What an extension with `cap:invoice.manual.create` may do (contract §1.8.3): drafts, which a person sends. */
export function invoicingCapability(
  product: Product,
  { now }: { readonly now: () => number },
): HostCapability {
  return {
    route: "invoicing",
    grant: "cap:invoice.manual.create",
    async call({ tenantId, installId, user, body }) {
      if (body["operation"] !== "createManualInvoice")
        throw refusal("INVALID_INPUT", "operation must be createManualInvoice.", { field: "operation" });
      if (user !== null && !product.may(tenantId, user, "invoice:create"))
        throw refusal("NOT_ALLOWED", "invoice:create is not allowed for this person.");
      const wrong: Record<string, string> = {};
      const clientId = body["clientId"];
      if (typeof clientId !== "string" || !product.clients(tenantId).some((one) => one.clientId === clientId))
        wrong["clientId"] = "is no client";
      const lines = readLines(product, { tenantId, items: body["items"], wrong });
      const today = new Date(now()).toISOString().slice(0, 10);
      const invoiceDate = readDate(body, "invoiceDate", { fallback: today, wrong });
      const dueDate = readDate(body, "dueDate", { fallback: invoiceDate, wrong });
      const poNumber = body["poNumber"] ?? null;
      if (poNumber !== null && (typeof poNumber !== "string" || poNumber.length > MAX_PO_NUMBER))
        wrong["poNumber"] = `must be text of up to ${MAX_PO_NUMBER} characters`;
      if (Object.keys(wrong).length > 0 || typeof clientId !== "string") {
        return {
          status: 400,
          body: { success: false, error: "The invoice has fields that are wrong.", fieldErrors: wrong },
        };
      }
      const subtotal = sum(lines);
      const { invoiceId, invoiceNumber, status, tax, total } = await product.saveInvoice(tenantId, {
        clientId,
        invoiceDate,
        dueDate,
        poNumber: typeof poNumber === "string" ? poNumber : null,
        subtotal,
        tax: 0,
        total: subtotal,
        createdBy: user === null ? `extension:${installId}` : user.userId,
      });
      return {
        status: 201,
        body: { success: true, invoice: { invoiceId, invoiceNumber, status, subtotal, tax, total } },
      };
    },
  };
}

function readLines(
  product: Product,
  {
    tenantId,
    items,
    wrong,
  }: { tenantId: string; items: JsonValue | undefined; wrong: Record<string, string> },
): readonly Line[] {
  if (!Array.isArray(items) || items.length === 0) {
    wrong["items"] = "needs at least one";
    return [];
  }
  const services = new Set(product.services(tenantId).map(({ serviceId }) => serviceId));
  return (items as readonly JsonValue[]).map((item, index) => {
    const at = (field: string) => `items[${index}].${field}`;
    const given: Input =
      typeof item === "object" && item !== null && !Array.isArray(item) ? (item as Input) : {};
    const { serviceId, quantity, description, rate, isDiscount, discountType } = given;
    if (typeof serviceId !== "string" || !services.has(serviceId)) wrong[at("serviceId")] = "is no service";
    if (typeof quantity !== "number" || !(quantity > 0 && quantity <= MAX_QUANTITY))
      wrong[at("quantity")] = "must be above 0, and no more than a million";
    if (typeof rate !== "number" || !(rate >= 0 && rate <= MAX_RATE))
      wrong[at("rate")] = "must be 0 or more, and no more than a billion";
    if (typeof description !== "string" || description.length > MAX_DESCRIPTION)
      wrong[at("description")] = `must be text of up to ${MAX_DESCRIPTION} characters`;
    if (
      discountType !== undefined &&
      discountType !== null &&
      discountType !== "percentage" &&
      discountType !== "fixed"
    )
      wrong[at("discountType")] = "must be percentage or fixed";
    return {
      quantity: Number(quantity),
      rate: Math.round(Number(rate)),
      isDiscount: isDiscount === true,
      discountType: discountType === "percentage" ? "percentage" : "fixed",
    };
  });
}

/** Discounts come off what is charged, never below nothing. */
function sum(lines: readonly Line[]): number {
  const charged = lines
    .filter(({ isDiscount }) => !isDiscount)
    .reduce((total, { quantity, rate }) => total + Math.round(quantity * rate), 0);
  const off = lines
    .filter(({ isDiscount }) => isDiscount)
    .reduce(
      (total, { quantity, rate, discountType }) =>
        total + Math.round(discountType === "percentage" ? (charged * rate) / 100 : quantity * rate),
      0,
    );
  return Math.max(0, charged - off);
}

function readDate(
  body: Input,
  field: string,
  { fallback, wrong }: { fallback: string; wrong: Record<string, string> },
): string {
  const value = body[field];
  if (value === undefined || value === null) return fallback;
  if (typeof value === "string" && DATE.test(value) && !Number.isNaN(Date.parse(value))) return value;
  wrong[field] = "must be a date like 2026-01-31";
  return fallback;
}
