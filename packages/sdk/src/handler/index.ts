/**
 * What runs in the guest: the handler's types, a router, responses. Nothing here needs Node or a browser.
 *
 * Import from `@alga-ext/sdk/handler`.
 * @module
 */
export type {
  ClientSummary,
  ClientsListInput,
  ClientsListResult,
  ContextData,
  CreateManualInvoiceInput,
  CreateManualInvoiceResult,
  CreateScheduleInput,
  CreateScheduleResult,
  DeleteScheduleResult,
  EndpointInfo,
  ExecuteRequest,
  ExecuteResponse,
  GuestRuntime,
  Handler,
  HostBindings,
  HttpHeader,
  HttpRequest,
  HttpResponse,
  JsonEntry,
  ManualInvoiceItemInput,
  ScheduleInfo,
  ServiceSummary,
  ServicesListInput,
  ServicesListResult,
  StorageBinding,
  StorageEntry,
  StoragePage,
  StoragePut,
  UpdateScheduleInput,
  UpdateScheduleResult,
  UserData,
} from "../ports.ts";
export { SdkError, type SdkErrorCode } from "../errors.ts";
export { bindHost } from "./bind-host.ts";
export type { WitFunctions, WitImports } from "./call-import.ts";
export { callProxyJson } from "./call-proxy-json.ts";
export { normalizeUserData, type UserDataWire } from "./normalize-user-data.ts";
export { readJson } from "./read-json.ts";
export { emptyResponse, jsonResponse, type ResponseInit } from "./responses.ts";
export {
  createRouter,
  type AddRoute,
  type RouteArguments,
  type RouteHandler,
  type Router,
} from "./router.ts";
export { toWitHandler, type ExecuteRequestWire, type ExecuteResponseWire } from "./to-wit-handler.ts";
