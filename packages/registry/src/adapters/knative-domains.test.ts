import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createKnativeDomains } from "./knative-domains.ts";

interface Stored {
  readonly metadata: { labels?: Record<string, string>; uid: string; resourceVersion: string; name: string };
  spec: { ref: { kind: string; name: string } };
  status?: { conditions: { type: string; status: string; reason?: string; message?: string }[] };
}

const PREFIX = "/apis/serving.knative.dev/v1beta1/namespaces/apps/domainmappings";
const domain = { host: "acme-54476593.ext.example", tenantId: "acme", installId: "i-1" };
const options = { signal: new AbortController().signal };

/** Just enough of the Kubernetes API to keep domain mappings. */
function createFakeCluster() {
  const mappings = new Map<string, Stored>();
  const requests: string[] = [];
  const fault: { status: number | null } = { status: null };
  let counter = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const answer = (status: number, body: unknown) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      requests.push(`${request.method} ${request.url}`);
      if (request.headers.authorization !== "Bearer token-1") return answer(401, {});
      if (fault.status !== null) return answer(fault.status, {});
      const name = (request.url ?? "").slice(PREFIX.length + 1);
      const body = await read(request);
      const found = mappings.get(name);
      switch (request.method) {
        case "GET":
          return found === undefined ? answer(404, {}) : answer(200, found);
        case "POST": {
          const given = body as Stored;
          if (mappings.has(given.metadata.name)) return answer(409, {});
          counter += 1;
          const metadata = { ...given.metadata, uid: `uid-${counter}`, resourceVersion: String(counter) };
          mappings.set(given.metadata.name, { ...given, metadata });
          return answer(201, mappings.get(given.metadata.name));
        }
        case "PUT": {
          const given = body as Stored;
          if (found === undefined) return answer(404, {});
          if (given.metadata.resourceVersion !== found.metadata.resourceVersion) return answer(409, {});
          found.spec = given.spec;
          return answer(200, found);
        }
        case "DELETE": {
          const { preconditions } = body as { preconditions?: { uid: string } };
          if (found === undefined) return answer(404, {});
          if (preconditions?.uid !== found.metadata.uid) return answer(409, {});
          mappings.delete(name);
          return answer(200, {});
        }
        default:
          return answer(405, {});
      }
    })();
  });
  return { mappings, requests, fault, server };
}

async function read(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString());
}

let cluster: ReturnType<typeof createFakeCluster>;
let apiUrl = "";
const provisioner = (changed: object = {}) =>
  createKnativeDomains({ apiUrl, token: () => "token-1", namespace: "apps", ...changed });

beforeEach(async () => {
  cluster = createFakeCluster();
  await new Promise<void>((resolve) => cluster.server.listen(0, "127.0.0.1", resolve));
  apiUrl = `http://127.0.0.1:${(cluster.server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  cluster.server.closeAllConnections();
  await new Promise((resolve) => cluster.server.close(resolve));
});

test("makes a mapping, waits for it, and makes it once", async () => {
  expect(await provisioner().provision(domain, options)).toEqual({ state: "provisioning" });
  const mapping = cluster.mappings.get(domain.host);
  expect(mapping).toMatchObject({
    kind: "DomainMapping",
    metadata: { namespace: "apps", annotations: { "alga-ext/install": "i-1" } },
    spec: { ref: { kind: "Service", name: "runner", apiVersion: "serving.knative.dev/v1" } },
  });
  if (mapping === undefined) throw new Error("nothing was made");
  for (const [status, state] of [
    ["Unknown", "provisioning"],
    ["False", "error"],
    ["True", "ready"],
  ] as const) {
    mapping.status = { conditions: [{ type: "Ready", status, reason: "Because", message: "of this" }] };
    expect(await provisioner().provision(domain, options)).toMatchObject({ state });
  }
  expect(cluster.requests.filter((line) => line.startsWith("POST"))).toHaveLength(1);
});

test("points a mapping of its own to the service again", async () => {
  await provisioner({ service: "old" }).provision(domain, options);
  await provisioner().provision(domain, options);
  expect(cluster.mappings.get(domain.host)?.spec.ref.name).toBe("runner");
});

test("leaves a mapping of somebody else alone", async () => {
  const theirs: Stored = {
    metadata: { uid: "theirs", resourceVersion: "1", name: domain.host },
    spec: { ref: { kind: "Service", name: "shop" } },
  };
  cluster.mappings.set(domain.host, theirs);
  expect(await provisioner().provision(domain, options)).toMatchObject({ state: "error" });
  await provisioner().remove(domain, options);
  expect(cluster.mappings.get(domain.host)).toEqual(theirs);
});

test("removes its own, and what is gone already is fine", async () => {
  await provisioner().provision(domain, options);
  await provisioner().remove(domain, options);
  expect(cluster.mappings.size).toBe(0);
  await provisioner().remove(domain, options);
});

test("what is no host name never becomes part of an address", async () => {
  const host = "../../../../api/v1/secrets";
  expect(await provisioner().provision({ ...domain, host }, options)).toMatchObject({ state: "error" });
  await provisioner().remove({ host }, options);
  expect(cluster.requests).toEqual([]);
});

test("a refused mapping is an error, a cluster in trouble can be asked again", async () => {
  await provisioner().provision(domain, options);
  cluster.fault.status = 422;
  expect(await provisioner().provision(domain, options)).toMatchObject({ state: "error" });
  for (const status of [401, 403, 500, 503]) {
    cluster.fault.status = status;
    await expect(provisioner().provision(domain, options)).rejects.toMatchObject({
      code: "domain_provisioner_unavailable",
      retryable: true,
    });
    await expect(provisioner().remove(domain, options)).rejects.toMatchObject({
      code: "domain_provisioner_unavailable",
    });
  }
  const nowhere = provisioner({ apiUrl: "http://127.0.0.1:1" });
  await expect(nowhere.provision(domain, options)).rejects.toMatchObject({
    code: "domain_provisioner_unavailable",
  });
});
