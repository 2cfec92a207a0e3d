import {
  createRouter,
  jsonResponse,
  SdkError,
  type ExecuteRequest,
  type ExecuteResponse,
  type HostBindings,
} from "@alga-ext/sdk/handler";
import { NAMESPACE, type Agreement } from "./agreement.ts";
import { listAgreements, notFound } from "./read.ts";

/** The tenant's people and programs; whatever else a host may call a user gets a client's view. */
const STAFF = ["internal", "service"];

/**
 * The name of the client whose portal asks; null when one of the tenant's people asks, or nobody does.
 *
 * The host says so from the session: nothing in a request can change it.
 *
 * @throws {SdkError} `user_not_allowed` and others when the host does not tell: then nobody is answered.
 */
export async function readClientName(host: HostBindings): Promise<string | null> {
  try {
    const { userType, clientName } = await host.user.getUser();
    return STAFF.includes(userType) ? null : clientName;
  } catch (error) {
    // An event or a schedule: the host calls by itself, for no user.
    if (error instanceof SdkError && error.code === "user_not_available") return null;
    throw error;
  }
}

/**
 * Answer a user of the client portal: they read the agreements with their client, and nothing else.
 *
 * Agreements know their customers by name, so theirs are those with their client's name. Neither the notes nor the
 * payment standing are for them: that is what the tenant and others say about them.
 */
export async function answerClient(
  clientName: string,
  request: ExecuteRequest,
  host: HostBindings,
): Promise<ExecuteResponse> {
  const { method } = request.http;
  if (method !== "GET" && method !== "HEAD") return refused();
  const isTheirs = ({ customer }: Agreement): boolean => customer === clientName;
  return createRouter()
    .get("/agreements", async () => {
      const items = (await listAgreements(host)).filter(isTheirs).map(withoutNotes);
      return jsonResponse({ items, readOnly: true });
    })
    .get("/agreements/:id", async ({ params }) => {
      const agreement = await host.storage.getJson<Agreement>(NAMESPACE, params["id"]!);
      // Another client's looks like one that does not exist.
      if (agreement === null || !isTheirs(agreement)) return notFound();
      return jsonResponse({ ...withoutNotes(agreement), readOnly: true });
    })
    .get("/agreements/:id/standing", refused)
    .handler(request, host);
}

function withoutNotes(agreement: Agreement): Agreement {
  return { ...agreement, notes: "" };
}

function refused(): ExecuteResponse {
  return jsonResponse({ error: "read_only" }, { status: 403 });
}
