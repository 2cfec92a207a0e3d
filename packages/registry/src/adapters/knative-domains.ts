/**
 * Host names of installs as Knative `DomainMapping`s, through the Kubernetes API.
 *
 * Import from `@alga-ext/registry/adapters/knative-domains`.
 * @module
 */
import { RegistryError } from "../errors.ts";
import type { DomainOutcome, DomainProvisioner } from "../ports.ts";

/** Options of {@link createKnativeDomains}. */
export interface KnativeDomainsOptions {
  /** Base of the Kubernetes API, such as `https://kubernetes.default.svc`. */
  readonly apiUrl: string;
  /** Bearer token, read anew for every request: tokens of service accounts rotate. */
  readonly token: () => string | Promise<string>;
  /** Namespace of the mappings and of the service. @default "default" */
  readonly namespace?: string;
  /** The Knative service that the runner is. @default "runner" */
  readonly service?: string;
  /** For a client with the cluster's certificate authority. @default the global `fetch` */
  readonly fetch?: typeof fetch;
}

const MANAGED_BY = "app.kubernetes.io/managed-by";
const MANAGER = "alga-ext";
const HOST = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+$/;

interface Mapping {
  readonly metadata?: {
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: { readonly ref?: { readonly kind?: string; readonly name?: string } };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

/**
 * A provisioner for clusters with Knative Serving. It touches only mappings it made itself, told by their label
 * `app.kubernetes.io/managed-by: alga-ext`. Needs get, create, update and delete on `domainmappings` of one namespace.
 *
 * Its methods reject with {@link RegistryError} `domain_provisioner_unavailable`.
 */
export function createKnativeDomains(options: KnativeDomainsOptions): DomainProvisioner {
  const { namespace = "default", service = "runner" } = options;
  const collection = `/apis/serving.knative.dev/v1beta1/namespaces/${encodeURIComponent(namespace)}/domainmappings`;
  const send = createSender(options);

  const toMapping = (host: string, installId: string) => ({
    apiVersion: "serving.knative.dev/v1beta1",
    kind: "DomainMapping",
    metadata: {
      name: host,
      namespace,
      labels: { [MANAGED_BY]: MANAGER },
      annotations: { "alga-ext/install": installId },
    },
    spec: { ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", name: service } },
  });

  return {
    async provision({ host, installId }, { signal }) {
      if (!HOST.test(host)) return { state: "error", message: "This is no host name." };
      const path = `${collection}/${host}`;
      const wanted = toMapping(host, installId);
      const found = await send("GET", path, { signal });
      if (found.status === 404) {
        const created = await send("POST", collection, { signal, body: wanted });
        // Somebody was faster: what it is shows the next time.
        return created.status === 409 ? { state: "provisioning" } : judge(created);
      }
      const mapping = found.body;
      if (!isOurs(mapping)) return { state: "error", message: "The name is mapped by somebody else." };
      // On its way out: it has to be gone before it can be made again.
      if (mapping.metadata?.deletionTimestamp !== undefined) return { state: "provisioning" };
      if (mapping.spec?.ref?.kind === "Service" && mapping.spec.ref.name === service) return judge(found);
      const { resourceVersion = "" } = mapping.metadata ?? {};
      const body = { ...wanted, metadata: { ...wanted.metadata, resourceVersion } };
      const updated = await send("PUT", path, { signal, body });
      return updated.status === 409 ? { state: "provisioning" } : judge(updated);
    },
    async remove({ host }, { signal }) {
      if (!HOST.test(host)) return;
      const path = `${collection}/${host}`;
      const { status, body: mapping } = await send("GET", path, { signal });
      if (status === 404 || !isOurs(mapping)) return;
      const uid = mapping.metadata?.uid;
      // Exactly the one that was looked at: one made since then is another worker's.
      const body = {
        kind: "DeleteOptions",
        apiVersion: "v1",
        ...(uid === undefined ? {} : { preconditions: { uid } }),
      };
      await send("DELETE", path, { signal, body });
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: Mapping;
}

/** Statuses that say something about the mapping; everything else is the cluster's own trouble. */
const TELLING = new Set([404, 409, 400, 422]);

function createSender({ apiUrl, token, fetch: send = fetch }: KnativeDomainsOptions) {
  return async (
    method: string,
    path: string,
    { signal, body }: { readonly signal: AbortSignal; readonly body?: unknown },
  ): Promise<Answer> => {
    try {
      const response = await send(new URL(path, apiUrl), {
        method,
        signal,
        redirect: "error",
        headers: {
          accept: "application/json",
          authorization: `Bearer ${await token()}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (response.ok) return { status: response.status, body: (await response.json()) as Mapping };
      await response.body?.cancel();
      if (TELLING.has(response.status)) return { status: response.status, body: {} };
      throw new RegistryError(
        "domain_provisioner_unavailable",
        `The Kubernetes API answered ${response.status}. Look at the service account's rights and the cluster.`,
        { details: { status: response.status, method }, retryable: true },
      );
    } catch (cause) {
      if (cause instanceof RegistryError) throw cause;
      throw new RegistryError("domain_provisioner_unavailable", "The Kubernetes API could not be reached.", {
        cause,
        retryable: true,
      });
    }
  };
}

function isOurs({ metadata }: Mapping): boolean {
  return metadata?.labels?.[MANAGED_BY] === MANAGER;
}

function judge({ status, body }: Answer): DomainOutcome {
  if (status >= 400) return { state: "error", message: "The cluster refused the mapping." };
  const ready = body.status?.conditions?.find(({ type }) => type === "Ready");
  const why = [ready?.reason, ready?.message].filter((part) => part !== undefined && part !== "").join(": ");
  const message = why === "" ? {} : { message: why };
  if (ready?.status === "True") return { state: "ready" };
  return ready?.status === "False" ? { state: "error", ...message } : { state: "provisioning", ...message };
}
