import type { JsonValue } from "@alga-ext/protocol";

/** Who calls, and which installed version answers. */
export interface ContextData {
  readonly requestId?: string;
  readonly tenantId: string;
  /** Registry UUID of the extension. */
  readonly extensionId: string;
  readonly installId?: string;
  readonly versionId?: string;
}

/** One header; names are as the sender wrote them, compare them without case. */
export interface HttpHeader {
  readonly name: string;
  readonly value: string;
}

/** A request, to the handler or from it to another server. */
export interface HttpRequest {
  /** Upper-case method. */
  readonly method: string;
  /** To the handler: path and query. To `http.fetch`: absolute URL. */
  readonly url: string;
  readonly headers: readonly HttpHeader[];
  readonly body?: Uint8Array;
}

/** What another server answered. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: readonly HttpHeader[];
  readonly body?: Uint8Array;
}

/** One call of the handler. */
export interface ExecuteRequest {
  readonly context: ContextData;
  readonly http: HttpRequest;
}

/** What the handler answers. */
export interface ExecuteResponse {
  /** 100 to 599. */
  readonly status: number;
  readonly headers?: readonly HttpHeader[];
  readonly body?: Uint8Array | null;
}

/** One stored value. */
export interface StorageEntry {
  readonly key: string;
  readonly value: Uint8Array;
  /** Starts at 1, plus 1 per write; give it to `put` so that a concurrent write is refused. */
  readonly revision?: number;
}

/** One stored value, parsed. */
export interface JsonEntry<Value> {
  readonly key: string;
  readonly value: Value;
  readonly revision?: number;
}

/** A value to store. */
export interface StoragePut extends StorageEntry {
  /** At most 128 characters. */
  readonly namespace: string;
}

/** The acting user; `clientId` and `additionalFields` only from hosts that offer them. */
export interface UserData {
  readonly tenantId: string;
  readonly clientName: string;
  readonly userId: string;
  readonly userEmail: string;
  readonly userName: string;
  readonly userType: string;
  readonly clientId?: string;
  readonly additionalFields?: Readonly<Record<string, string>>;
}

/** A schedule of this install. */
export interface ScheduleInfo {
  readonly id: string;
  readonly endpointPath: string;
  readonly endpointMethod: string;
  readonly name?: string;
  readonly cron: string;
  readonly timezone: string;
  readonly enabled: boolean;
  /** JSON text. */
  readonly payload?: string;
  readonly lastRunAt?: string;
  readonly lastRunStatus?: string;
  readonly lastError?: string;
  readonly createdAt?: string;
}

/** An endpoint of the installed version. */
export interface EndpointInfo {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly handler: string;
  readonly schedulable: boolean;
}

/** A schedule to create. */
export interface CreateScheduleInput {
  /** Id of an {@link EndpointInfo}. */
  readonly endpoint: string;
  readonly cron: string;
  readonly timezone?: string;
  readonly enabled?: boolean;
  readonly name?: string;
  /** JSON text. */
  readonly payload?: string;
}

/** What became of a schedule to create. */
export interface CreateScheduleResult {
  readonly success: boolean;
  readonly scheduleId?: string;
  readonly error?: string;
  /** JSON map text. */
  readonly fieldErrors?: string;
}

/** What to change in a schedule; an absent field stays as it is. */
export type UpdateScheduleInput = Partial<CreateScheduleInput>;

/** What became of a change. */
export interface UpdateScheduleResult {
  readonly success: boolean;
  readonly error?: string;
  readonly fieldErrors?: string;
}

/** What became of a deletion. */
export interface DeleteScheduleResult {
  readonly success: boolean;
  readonly error?: string;
}

/** One line of a manual invoice. */
export interface ManualInvoiceItemInput {
  readonly serviceId: string;
  readonly quantity: number;
  readonly description: string;
  readonly rate: number;
  readonly isDiscount?: boolean;
  readonly discountType?: "percentage" | "fixed";
  readonly appliesToItemId?: string;
  readonly appliesToServiceId?: string;
}

/** A manual invoice to create. */
export interface CreateManualInvoiceInput {
  readonly clientId: string;
  readonly items: readonly ManualInvoiceItemInput[];
  readonly invoiceDate?: string;
  readonly dueDate?: string;
  readonly poNumber?: string;
}

/** What became of a manual invoice. */
export interface CreateManualInvoiceResult {
  readonly success: boolean;
  readonly invoiceId?: string;
  readonly invoiceNumber?: string;
  readonly status?: string;
  readonly subtotal?: number;
  readonly tax?: number;
  readonly total?: number;
  readonly error?: string;
  readonly fieldErrors?: string;
}

/** A client of the tenant. */
export interface ClientSummary {
  readonly clientId: string;
  readonly clientName: string;
  readonly clientType?: string;
  readonly isInactive: boolean;
  readonly defaultCurrencyCode?: string;
  readonly accountManagerId?: string;
  readonly accountManagerName?: string;
  readonly billingEmail?: string;
}

/** Which clients to list. */
export interface ClientsListInput {
  readonly search?: string;
  readonly includeInactive?: boolean;
  /** From 1. */
  readonly page?: number;
  /** 1 to 100. */
  readonly pageSize?: number;
}

/** One page of clients. */
export interface ClientsListResult {
  readonly items: readonly ClientSummary[];
  readonly totalCount: number;
  readonly page: number;
  readonly pageSize: number;
}

/** A service or product of the tenant. */
export interface ServiceSummary {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly itemKind: "service" | "product";
  readonly billingMethod: "fixed" | "hourly" | "usage";
  readonly serviceTypeId?: string;
  readonly serviceTypeName?: string;
  readonly defaultRate: number;
  readonly unitOfMeasure: string;
  readonly isActive: boolean;
  readonly sku?: string;
}

/** Which services to list. */
export interface ServicesListInput {
  readonly search?: string;
  readonly itemKind?: "service" | "product";
  readonly isActive?: boolean;
  readonly billingMethod?: "fixed" | "hourly" | "usage";
  /** From 1. */
  readonly page?: number;
  /** 1 to 100. */
  readonly pageSize?: number;
}

/** One page of services. */
export interface ServicesListResult {
  readonly items: readonly ServiceSummary[];
  readonly totalCount: number;
  readonly page: number;
  readonly pageSize: number;
}

/** Some entries of a namespace, and how to go on. */
export interface StoragePage {
  readonly entries: readonly StorageEntry[];
  /** For the next page; absent on the last one. */
  readonly cursor?: string;
}

/** Key-value storage of this install; nothing else can read it. Rejects with `storage_…` codes. */
export interface StorageBinding {
  /** The value, or null when the key does not exist. */
  get(namespace: string, key: string): Promise<Uint8Array | null>;
  /** Like `get`, with the revision. */
  getEntry(namespace: string, key: string): Promise<StorageEntry | null>;
  /** Write; answers the entry with its new revision. @throws `storage_conflict` when `revision` is given and is not the stored one */
  put(entry: StoragePut): Promise<StorageEntry>;
  /** Remove a key. @throws `storage_missing` when it does not exist and the host says so */
  delete(namespace: string, key: string): Promise<void>;
  /** Every entry of a namespace in key order, however many pages that takes. */
  list(namespace: string): Promise<StorageEntry[]>;
  /** One page in key order, for namespaces that are too large for `list`. Limit 1 to 100. @default 25 */
  listPage(
    namespace: string,
    options?: { readonly cursor?: string; readonly limit?: number; readonly keyPrefix?: string },
  ): Promise<StoragePage>;
  /** The value parsed as JSON, or null when the key does not exist. @throws `invalid_json` */
  getJson<Value = JsonValue>(namespace: string, key: string): Promise<Value | null>;
  /** Store a value as JSON. */
  putJson(
    namespace: string,
    key: string,
    value: unknown,
    options?: { readonly revision?: number },
  ): Promise<StorageEntry>;
  /** Every entry of a namespace, parsed as JSON. @throws `invalid_json` */
  listJson<Value = JsonValue>(namespace: string): Promise<JsonEntry<Value>[]>;
}

/**
 * Everything a handler may ask of its host. A call to an interface whose capability the manifest does not declare
 * rejects with `capability_not_declared`; one that the administrator did not grant rejects with `…_denied` or
 * `…_not_allowed`.
 */
export interface HostBindings {
  readonly context: {
    get(): Promise<ContextData>;
  };
  readonly secrets: {
    /** @throws `secret_missing`, `secret_denied`, `secret_expired`, `secret_internal` */
    get(key: string): Promise<string>;
    /** Names only. */
    list(): Promise<string[]>;
  };
  readonly http: {
    /** Only to hosts in the manifest's `egress`; redirects are answers, not followed. @throws `http_…` codes */
    fetch(request: HttpRequest): Promise<HttpResponse>;
  };
  readonly storage: StorageBinding;
  readonly logging: {
    info(message: string): Promise<void>;
    warn(message: string): Promise<void>;
    error(message: string): Promise<void>;
  };
  readonly uiProxy: {
    /** @throws `proxy_…` codes */
    callRoute(route: string, payload?: Uint8Array): Promise<Uint8Array>;
    /** Like `callRoute`, with a method of its own. @throws `proxy_…` codes */
    call(
      method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
      route: string,
      payload?: Uint8Array,
    ): Promise<Uint8Array>;
  };
  readonly config: {
    /** A setting of this install, as text; null when it is not set. Never a secret. @throws `config_denied` */
    get(key: string): Promise<string | null>;
    /** All of them. @throws `config_denied` */
    list(): Promise<Readonly<Record<string, string>>>;
  };
  /** Numbers for the execution log. Names are lower-case words joined by `.`, `_` or `-`; at most 32 of them a call. */
  readonly metrics: {
    /** Add to a counter. @default 1 */
    add(name: string, value?: number): Promise<void>;
    /** One measured value: count, sum, least and greatest are kept. */
    observe(name: string, value: number): Promise<void>;
  };
  readonly user: {
    /** @throws `user_not_available`, `user_not_allowed` */
    getUser(): Promise<UserData>;
  };
  readonly scheduler: {
    list(): Promise<ScheduleInfo[]>;
    get(id: string): Promise<ScheduleInfo | null>;
    create(input: CreateScheduleInput): Promise<CreateScheduleResult>;
    update(id: string, input: UpdateScheduleInput): Promise<UpdateScheduleResult>;
    delete(id: string): Promise<DeleteScheduleResult>;
    getEndpoints(): Promise<EndpointInfo[]>;
  };
  readonly invoicing: {
    createManualInvoice(input: CreateManualInvoiceInput): Promise<CreateManualInvoiceResult>;
  };
  readonly clients: {
    list(input?: ClientsListInput): Promise<ClientsListResult>;
    get(id: string): Promise<ClientSummary | null>;
  };
  readonly services: {
    list(input?: ServicesListInput): Promise<ServicesListResult>;
    get(id: string): Promise<ServiceSummary | null>;
  };
}

/** What an extension exports: one function for every endpoint. */
export type Handler = (
  request: ExecuteRequest,
  host: HostBindings,
) => Promise<ExecuteResponse> | ExecuteResponse;

/** What the guest prelude lends to `toWitHandler`: a way to finish promises inside one synchronous call. */
export interface GuestRuntime {
  /** Prepare a call: from here clock and randomness come from the host. */
  beginCall(): void;
  /**
   * Run every queued job and answer what `value` settled to.
   *
   * @throws what it rejected with, or `handler_stalled` when it is still pending with no job left
   */
  settle<Value>(value: Value | PromiseLike<Value>): Value;
}
