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
  const optional = <Shape>(wire: unknown): Shape | null =>
    wire === null || wire === undefined ? null : fromWitRecord<Shape>(wire);
  const page = <Item>(
    wire: unknown,
  ): { items: Item[]; totalCount: number; page: number; pageSize: number } => {
    const result = wire as { items: unknown[]; totalCount: number; page: number; pageSize: number };
    return { ...result, items: result.items.map((item) => fromWitRecord<Item>(item)) };
  };

  return {
    context: {
      get: async () => fromWitRecord<ContextData>(context("getContext")),
    },
    secrets: {
      get: async (key) => secrets("get", toWitString(key, "key")) as string,
      list: async () => secrets("listKeys") as string[],
    },
    http: {
      fetch: async (request) => fromWitRecord<HttpResponse>(http("fetch", toWitRequest(request))),
    },
    storage: bindStorage(imports),
    logging: {
      info: async (message) => void logging("logInfo", String(message).toWellFormed()),
      warn: async (message) => void logging("logWarn", String(message).toWellFormed()),
      error: async (message) => void logging("logError", String(message).toWellFormed()),
    },
    uiProxy: {
      callRoute: async (route, payload) =>
        uiProxy(
          "callRoute",
          toWitString(route, "route"),
          payload === undefined ? undefined : toWitBytes(payload, "payload"),
        ) as Uint8Array,
    },
    user: {
      getUser: async () => normalizeUserData(user("getUser") as UserDataWire),
    },
    scheduler: {
      list: async () =>
        (scheduler("listSchedules") as unknown[]).map((item) => fromWitRecord<ScheduleInfo>(item)),
      get: async (id) => optional<ScheduleInfo>(scheduler("getSchedule", toWitString(id, "id"))),
      create: async (input) =>
        fromWitRecord<CreateScheduleResult>(
          scheduler("createSchedule", toWitRecord(input, NEW_SCHEDULE_RULES)),
        ),
      update: async (id, input) =>
        fromWitRecord<UpdateScheduleResult>(
          scheduler("updateSchedule", toWitString(id, "id"), toWitRecord(input, SCHEDULE_RULES)),
        ),
      delete: async (id) =>
        fromWitRecord<DeleteScheduleResult>(scheduler("deleteSchedule", toWitString(id, "id"))),
      getEndpoints: async () => scheduler("getEndpoints") as EndpointInfo[],
    },
    invoicing: {
      createManualInvoice: async (input) =>
        fromWitRecord<CreateManualInvoiceResult>(
          invoicing("createManualInvoice", {
            ...toWitRecord(input, INVOICE_RULES),
            items: input.items.map((item, index) =>
              toWitRecord(item, INVOICE_ITEM_RULES, `input.items[${index}]`),
            ),
          }),
        ),
    },
    clients: {
      list: async (input = {}): Promise<ClientsListResult> =>
        page<ClientSummary>(
          clients("listClients", toWitRecord(input, { ...PAGE_RULES, includeInactive: "boolean?" })),
        ),
      get: async (id) => optional<ClientSummary>(clients("getClient", toWitString(id, "id"))),
    },
    services: {
      list: async (input = {}): Promise<ServicesListResult> =>
        page<ServiceSummary>(
          services(
            "listServices",
            toWitRecord(input, {
              ...PAGE_RULES,
              itemKind: ["service", "product"],
              isActive: "boolean?",
              billingMethod: ["fixed", "hourly", "usage"],
            }),
          ),
        ),
      get: async (id) => optional<ServiceSummary>(services("getService", toWitString(id, "id"))),
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
