import {
  createRouter,
  emptyResponse,
  jsonResponse,
  readJson,
  SdkError,
  type ExecuteResponse,
  type Handler,
  type RouteArguments,
} from "@alga-ext/sdk/handler";
import {
  NAMESPACE,
  later,
  parseAgreementInput,
  parseIfUpdatedAt,
  type Agreement,
  type AgreementInput,
  type FieldErrors,
} from "./agreement.ts";
import { answerClient, readClientName } from "./portal.ts";
import { listAgreements, notFound } from "./read.ts";
import { endExpired, renameCustomer } from "./upkeep.ts";
import { lookUpStanding } from "./standing.ts";

/** The extension: clients have a small part of it, the tenant's people every endpoint of `manifest.json`. */
export const handler: Handler = async (request, host) => {
  const clientName = await readClientName(host);
  return clientName === null ? staff.handler(request, host) : answerClient(clientName, request, host);
};

const staff = createRouter()
  .get("/agreements", async ({ host }) => jsonResponse({ items: await listAgreements(host) }))
  .post("/agreements", async ({ request, host }) => {
    const parsed = parseAgreementInput(readJson(request));
    if ("fields" in parsed) return invalid(parsed.fields);
    const now = new Date().toISOString();
    const agreement: Agreement = { id: crypto.randomUUID(), ...parsed.input, createdAt: now, updatedAt: now };
    await host.storage.putJson(NAMESPACE, agreement.id, agreement);
    await host.logging.info(`Created agreement ${agreement.id}`);
    return jsonResponse(agreement, { status: 201 });
  })
  .get("/agreements/:id", async ({ host, params }) => {
    const agreement = await host.storage.getJson<Agreement>(NAMESPACE, params["id"]!);
    return agreement === null ? notFound() : jsonResponse(agreement);
  })
  .put("/agreements/:id", async (route) => {
    const body = readJson(route.request);
    const parsed = parseAgreementInput(body);
    if ("fields" in parsed) return invalid(parsed.fields);
    const seen = parseIfUpdatedAt(body);
    return seen === null
      ? invalid({ ifUpdatedAt: "Must be the updatedAt of the agreement." })
      : replace(route, parsed.input, seen);
  })
  .delete("/agreements/:id", async ({ host, params }) => {
    if ((await host.storage.get(NAMESPACE, params["id"]!)) === null) return notFound();
    await host.storage.delete(NAMESPACE, params["id"]!);
    await host.logging.info(`Deleted agreement ${params["id"]!}`);
    return emptyResponse();
  })
  .get("/agreements/:id/standing", async ({ host, params }) => {
    const agreement = await host.storage.getJson<Agreement>(NAMESPACE, params["id"]!);
    return agreement === null ? notFound() : lookUpStanding(host, agreement.customer);
  })
  .post("/client-renamed", ({ request, host }) => renameCustomer(host, readJson(request)))
  .post("/end-expired", ({ host }) => endExpired(host, new Date().toISOString().slice(0, 10)));

/**
 * Write over the revision that was read, so that of two people who edit at once one is told. `ifUpdatedAt` is what the
 * caller saw; without it (a script that means what it says) only a write at the very same time is a conflict.
 */
async function replace(
  { host, params }: RouteArguments,
  input: AgreementInput,
  { ifUpdatedAt }: { readonly ifUpdatedAt?: string },
): Promise<ExecuteResponse> {
  const id = params["id"]!;
  const entry = await host.storage.getEntry(NAMESPACE, id);
  if (entry === null) return notFound();
  const stored = JSON.parse(new TextDecoder().decode(entry.value)) as Agreement;
  if (ifUpdatedAt !== undefined && ifUpdatedAt !== stored.updatedAt) return conflict(stored);
  const agreement: Agreement = { ...stored, ...input, updatedAt: later(stored.updatedAt) };
  try {
    await host.storage.putJson(NAMESPACE, id, agreement, { revision: entry.revision ?? 1 });
  } catch (error) {
    if (!(error instanceof SdkError) || error.code !== "storage_conflict") throw error;
    const current = await host.storage.getJson<Agreement>(NAMESPACE, id);
    return current === null ? notFound() : conflict(current);
  }
  await host.logging.info(`Updated agreement ${id}`);
  return jsonResponse(agreement);
}

function conflict(current: Agreement): ExecuteResponse {
  return jsonResponse({ error: "conflict", current }, { status: 409 });
}

function invalid(fields: FieldErrors): ExecuteResponse {
  return jsonResponse({ error: "validation_failed", fields }, { status: 422 });
}
