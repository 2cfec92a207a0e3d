import type { JsonValue } from "@alga-ext/protocol";
import { record } from "../broker/capability.ts";
import type { WireValue } from "../frames/wire-value.ts";
import { CapabilityRefusal, type CapabilityProvider } from "../ports.ts";
import { toActor } from "./http-capability-provider.ts";
import { postHostApi, type HostApiOptions } from "./post-host-api.ts";
import { toJson, toJsonObject } from "./to-json.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Stand behind `clients`, `services` and `invoicing` through the host's routes of the same names (contract §1.8.3,
 * §1.8.4).
 */
export function createHttpDomainProviders(options: HostApiOptions): readonly CapabilityProvider[] {
  return [
    readProvider(options, { name: "clients", id: "clientId", toItem: toClient }),
    readProvider(options, { name: "services", id: "serviceId", toItem: toService }),
    invoicingProvider(options),
  ];
}

function readProvider(
  options: HostApiOptions,
  {
    name,
    id,
    toItem,
  }: { readonly name: string; readonly id: string; readonly toItem: (item: Fields) => WireValue },
): CapabilityProvider {
  return {
    interfaceName: `alga:extension/${name}`,
    async call({ scope, fn, args: [given], user }, { signal }) {
      const isList = fn.startsWith("list");
      const body: JsonValue = {
        operation: isList ? "list" : "get",
        input: isList ? toJson(given) : { [id]: toJson(given) },
        ...(user === null ? {} : { user: toActor(user) }),
      };
      const answer = await postHostApi(options, { route: name, scope, body }, { signal });
      if (!answer.ok) throw new CapabilityRefusal(toReadError(answer.status));
      const told = fieldsOf(answer.body);
      if (!isList)
        return told["item"] === null || told["item"] === undefined ? null : toItem(fieldsOf(told["item"]));
      const items = Array.isArray(told["items"]) ? (told["items"] as readonly unknown[]) : [];
      return {
        items: items.map((item) => toItem(fieldsOf(item))),
        totalCount: toCount(told["totalCount"]),
        page: toCount(told["page"]),
        pageSize: toCount(told["pageSize"]),
      };
    },
  };
}

function invoicingProvider(options: HostApiOptions): CapabilityProvider {
  return {
    interfaceName: "alga:extension/invoicing",
    async call({ scope, args: [input], user }, { signal }) {
      const body: JsonValue = {
        operation: "createManualInvoice",
        ...toJsonObject(record(input)),
        ...(user === null ? {} : { user: toActor(user) }),
      };
      const answer = await postHostApi(options, { route: "invoicing", scope, body }, { signal });
      const told = fieldsOf(answer.body);
      if (!answer.ok || told["success"] !== true) {
        const { error, fieldErrors } = told;
        const hasFields = typeof fieldErrors === "object" && fieldErrors !== null;
        return {
          success: false,
          // What the host says to people; never a body that we cannot read.
          error: typeof error === "string" ? error : "internal",
          fieldErrors: hasFields ? JSON.stringify(fieldErrors) : null,
        };
      }
      const invoice = fieldsOf(told["invoice"]);
      return {
        success: true,
        ...pick(invoice, ["invoiceId", "invoiceNumber", "status"], "string"),
        ...pick(invoice, ["subtotal", "tax", "total"], "number"),
      };
    },
  };
}

/** Status map of contract §4.3. */
function toReadError(status: number): string {
  if (status === 401 || status === 403) return "not-allowed";
  return status === 400 ? "invalid-input" : "internal";
}

function toClient(item: Fields): WireValue {
  return {
    clientId: toText(item["clientId"]),
    clientName: toText(item["clientName"]),
    isInactive: item["isInactive"] === true,
    ...pick(
      item,
      ["clientType", "defaultCurrencyCode", "accountManagerId", "accountManagerName", "billingEmail"],
      "string",
    ),
  };
}

function toService(item: Fields): WireValue {
  const { itemKind, billingMethod, defaultRate } = item;
  return {
    serviceId: toText(item["serviceId"]),
    serviceName: toText(item["serviceName"]),
    itemKind: itemKind === "product" ? "product" : "service",
    billingMethod: billingMethod === "hourly" || billingMethod === "usage" ? billingMethod : "fixed",
    defaultRate: typeof defaultRate === "number" ? defaultRate : 0,
    unitOfMeasure: toText(item["unitOfMeasure"]),
    isActive: item["isActive"] === true,
    ...pick(item, ["serviceTypeId", "serviceTypeName", "sku"], "string"),
  };
}

/** Options of a WIT record: the fields that have a value of the right type, null for the others. */
function pick(item: Fields, names: readonly string[], type: "string" | "number"): Record<string, WireValue> {
  return Object.fromEntries(
    names.map((name) => [name, typeof item[name] === type ? (item[name] as WireValue) : null]),
  );
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function toCount(value: unknown): number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : 0;
}
