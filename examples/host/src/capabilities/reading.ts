import type { HostCapability } from "@alga-ext/gateway";
import type { JsonValue } from "@alga-ext/protocol";
import { flagOf, inputOf, pageOf, textOf, wordOf, type Input } from "./input.ts";
import type { Product } from "./ports.ts";
import { refusal } from "./refusals.ts";

const MAX_SEARCH = 200;
const MAX_ID = 64;

/** What an extension with `cap:client.read` may ask (contract §1.8.4). */
export function clientsCapability(product: Product): HostCapability {
  return reading(product, {
    route: "clients",
    grant: "cap:client.read",
    right: "client:read",
    id: "clientId",
    list(tenantId, input) {
      const includeInactive = flagOf(input, "includeInactive") ?? false;
      return found(
        product.clients(tenantId).filter(({ isInactive }) => includeInactive || !isInactive),
        { input, over: ["clientName", "clientId", "billingEmail"], order: "clientName" },
      );
    },
    get: (tenantId, id) => product.clients(tenantId).find(({ clientId }) => clientId === id),
  });
}

/** What an extension with `cap:service.read` may ask (contract §1.8.4). */
export function servicesCapability(product: Product): HostCapability {
  return reading(product, {
    route: "services",
    grant: "cap:service.read",
    right: "service:read",
    id: "serviceId",
    list(tenantId, input) {
      const kind = wordOf(input, "itemKind", ["service", "product"]);
      const billing = wordOf(input, "billingMethod", ["fixed", "hourly", "usage"]);
      const active = flagOf(input, "isActive");
      const services = product
        .services(tenantId)
        .filter(
          (one) =>
            (kind === undefined || one.itemKind === kind) &&
            (billing === undefined || one.billingMethod === billing) &&
            (active === undefined || one.isActive === active),
        );
      return found(services, { input, over: ["serviceName", "sku"], order: "serviceName" });
    },
    get: (tenantId, id) => product.services(tenantId).find(({ serviceId }) => serviceId === id),
  });
}

function reading(
  product: Product,
  options: {
    readonly route: string;
    readonly grant: string;
    readonly right: "client:read" | "service:read";
    readonly id: string;
    readonly list: (tenantId: string, input: Input) => readonly object[];
    readonly get: (tenantId: string, id: string) => object | undefined;
  },
): HostCapability {
  return {
    route: options.route,
    grant: options.grant,
    async call({ tenantId, user, body }) {
      // A person sees through an extension what they may see without it; alone, the grant decides.
      if (user !== null && !product.may(tenantId, user, options.right))
        throw refusal("NOT_ALLOWED", `${options.right} is not allowed for this person.`);
      const input = inputOf(body);
      switch (body["operation"]) {
        case "list": {
          const page = pageOf(input, options.list(tenantId, input));
          return { status: 200, body: page as unknown as JsonValue };
        }
        case "get": {
          const id = textOf(input, options.id, MAX_ID) ?? "";
          if (id === "") throw refusal("INVALID_INPUT", `${options.id} is missing.`, { field: options.id });
          return { status: 200, body: { item: (options.get(tenantId, id) ?? null) as JsonValue } };
        }
        default:
          throw refusal("INVALID_INPUT", "operation must be list or get.", { field: "operation" });
      }
    },
  };
}

/** Those in which any of these fields has the text that is searched for, in order. */
function found<Item extends object>(
  items: readonly Item[],
  {
    input,
    over,
    order,
  }: { readonly input: Input; readonly over: readonly (keyof Item)[]; readonly order: keyof Item },
): readonly Item[] {
  const wanted = (textOf(input, "search", MAX_SEARCH) ?? "").trim().toLowerCase();
  const has = (item: Item, field: keyof Item) =>
    String(item[field] ?? "")
      .toLowerCase()
      .includes(wanted);
  return items
    .filter((item) => over.some((field) => has(item, field)))
    .sort((a, b) => String(a[order]).localeCompare(String(b[order])));
}
