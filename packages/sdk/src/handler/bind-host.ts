import type {
  ClientSummary,
  ClientsListResult,
  ContextData,
  CreateManualInvoiceResult,
  CreateScheduleResult,
  DeleteScheduleResult,
  EndpointInfo,
  HostBindings,
  HttpRequest,
  HttpResponse,
  ScheduleInfo,
  ServiceSummary,
  ServicesListResult,
  UpdateScheduleResult,
} from "../ports.ts";
import { bindStorage } from "./bind-storage.ts";
import { callImport, type ErrorFamily, type WitImports } from "./call-import.ts";
import { normalizeUserData, type UserDataWire } from "./normalize-user-data.ts";
import { fromWitRecord, toWitBytes, toWitRecord, toWitString, type FieldRule } from "./wit-record.ts";
import type { WitInterface } from "@alga-ext/protocol/wit";

const SCHEDULE_RULES: Readonly<Record<string, FieldRule>> = {
  endpoint: "string?",
  cron: "string?",
  timezone: "string?",
  enabled: "boolean?",
  name: "string?",
  payload: "string?",
};
const NEW_SCHEDULE_RULES: Readonly<Record<string, FieldRule>> = {
  ...SCHEDULE_RULES,
  endpoint: "string",
  cron: "string",
};
const INVOICE_ITEM_RULES: Readonly<Record<string, FieldRule>> = {
  serviceId: "string",
  quantity: "number",
  description: "string",
  rate: "number",
  isDiscount: "boolean?",
  discountType: ["percentage", "fixed"],
  appliesToItemId: "string?",
  appliesToServiceId: "string?",
};
const INVOICE_RULES: Readonly<Record<string, FieldRule>> = {
  clientId: "string",
  invoiceDate: "string?",
  dueDate: "string?",
  poNumber: "string?",
};
const PAGE_RULES: Readonly<Record<string, FieldRule>> = { search: "string?", page: "u32?", pageSize: "u32?" };

const SERVICE_RULES: Readonly<Record<string, FieldRule>> = {
  ...PAGE_RULES,
  itemKind: ["service", "product"],
  isActive: "boolean?",
  billingMethod: ["fixed", "hourly", "usage"],
};

/** The host as handlers see it, over the imports of the component. */
export function bindHost(imports: WitImports): HostBindings {
  const bind =
    (witInterface: WitInterface, family?: ErrorFamily) =>
    (name: string, ...args: unknown[]): unknown =>
      callImport(
        { imports, interface: witInterface, name, ...(family === undefined ? {} : { family }) },
        args,
      );
  const context = bind("context");
  const secrets = bind("secrets", "secret");
  const http = bind("http", "http");
  const logging = bind("logging");
  const uiProxy = bind("ui-proxy", "proxy");
  const user = imports["user-v2"] === undefined ? bind("user", "user") : bind("user-v2", "user");
  const scheduler = bind("scheduler", "scheduler");
  const invoicing = bind("invoicing");
  const clients = bind("clients", "client");
  const services = bind("services", "service");
  const config = bind("config", "config");
  const metrics = bind("metrics");
  return {
    context: {
      get: async () => fromWitRecord(context("getContext") as ContextData),
    },
    secrets: {
      get: async (key) => secrets("get", toWitString(key, "key")) as string,
      list: async () => secrets("listKeys") as string[],
    },
    http: {
      fetch: async (request) => fromWitRecord(http("fetch", toWitRequest(request)) as HttpResponse),
    },
    storage: bindStorage(imports),
    logging: {
      info: async (message) => void logging("logInfo", toLine(message)),
      warn: async (message) => void logging("logWarn", toLine(message)),
      error: async (message) => void logging("logError", toLine(message)),
    },
    uiProxy: {
      callRoute: async (route, payload) =>
        uiProxy(
          "callRoute",
          toWitString(route, "route"),
          payload === undefined ? undefined : toWitBytes(payload, "payload"),
        ) as Uint8Array,
      call: async (method, route, payload) =>
        uiProxy(
          "call",
          toWitString(method, "method"),
          toWitString(route, "route"),
          payload === undefined ? undefined : toWitBytes(payload, "payload"),
        ) as Uint8Array,
    },
    config: {
      get: async (key) => (config("get", toWitString(key, "key")) as string | null | undefined) ?? null,
      list: async () => Object.fromEntries(config("listEntries") as [string, string][]),
    },
    metrics: {
      add: async (name, value = 1) => void metrics("add", toWitString(name, "name"), toNumber(value)),
      observe: async (name, value) => void metrics("observe", toWitString(name, "name"), toNumber(value)),
    },
    user: {
      getUser: async () => normalizeUserData(user("getUser") as UserDataWire),
    },
    scheduler: {
      list: async () =>
        (scheduler("listSchedules") as unknown[]).map((item) => fromWitRecord(item as ScheduleInfo)),
      get: async (id) => toOptional(scheduler("getSchedule", toWitString(id, "id")) as ScheduleInfo | null),
      create: async (input) =>
        fromWitRecord(
          scheduler("createSchedule", toWitRecord(input, NEW_SCHEDULE_RULES)) as CreateScheduleResult,
        ),
      update: async (id, input) =>
        fromWitRecord(
          scheduler(
            "updateSchedule",
            toWitString(id, "id"),
            toWitRecord(input, SCHEDULE_RULES),
          ) as UpdateScheduleResult,
        ),
      delete: async (id) =>
        fromWitRecord(scheduler("deleteSchedule", toWitString(id, "id")) as DeleteScheduleResult),
      getEndpoints: async () => scheduler("getEndpoints") as EndpointInfo[],
    },
    invoicing: {
      createManualInvoice: async (input) =>
        fromWitRecord(
          invoicing("createManualInvoice", {
            ...toWitRecord(input, INVOICE_RULES),
            items: input.items.map((item, index) =>
              toWitRecord(item, INVOICE_ITEM_RULES, `input.items[${index}]`),
            ),
          }) as CreateManualInvoiceResult,
        ),
    },
    clients: {
      list: async (input = {}) => {
        const rules: Readonly<Record<string, FieldRule>> = { ...PAGE_RULES, includeInactive: "boolean?" };
        const page = clients("listClients", toWitRecord(input, rules)) as ClientsListResult;
        return { ...page, items: page.items.map((item) => fromWitRecord(item)) };
      },
      get: async (id) => toOptional(clients("getClient", toWitString(id, "id")) as ClientSummary | null),
    },
    services: {
      list: async (input = {}) => {
        const page = services("listServices", toWitRecord(input, SERVICE_RULES)) as ServicesListResult;
        return { ...page, items: page.items.map((item) => fromWitRecord(item)) };
      },
      get: async (id) => toOptional(services("getService", toWitString(id, "id")) as ServiceSummary | null),
    },
  };
}

function toWitRequest(request: HttpRequest): Record<string, unknown> {
  return {
    ...toWitRecord(request, { method: "string", url: "string" }, "request"),
    headers: request.headers.map((header, index) =>
      toWitRecord(header, { name: "string", value: "string" }, `request.headers[${index}]`),
    ),
    body: request.body === undefined ? undefined : toWitBytes(request.body, "request.body"),
  };
}

function toOptional<Shape extends object>(wire: Shape | null | undefined): Shape | null {
  return wire === null || wire === undefined ? null : fromWitRecord(wire);
}

/** Anything else is a mistake that the host would drop without a word. */
function toNumber(value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TypeError("value must be a finite number.");
}

/** Log lines take whatever they are given: a wrong type must not cost the call. */
function toLine(message: unknown): string {
  return String(message).toWellFormed();
}
