import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DEMO_USERS } from "../demo-users.ts";
import { LEDGERLINE_API_KEY } from "../upstream.ts";

const AGREEMENTS = [
  {
    title: "Managed workplace",
    customer: "Northwind Traders",
    status: "active",
    value: 48_000,
    currency: "EUR",
    startDate: "2026-01-01",
    endDate: "2026-12-31",
    notes: "Renewal talks start in October.",
  },
  {
    title: "Backup and recovery",
    customer: "Contoso Health",
    status: "active",
    value: 18_500,
    currency: "EUR",
    startDate: "2026-03-01",
    endDate: "2027-02-28",
    notes: "",
  },
  {
    title: "Network refresh",
    customer: "Fabrikam Logistics",
    status: "draft",
    value: 72_300,
    currency: "USD",
    startDate: "2027-01-15",
    endDate: "2028-01-14",
    notes: "Waiting for the site survey.",
  },
  {
    title: "Service desk, 8×5",
    customer: "Tailspin Toys",
    status: "ended",
    value: 9600,
    currency: "GBP",
    startDate: "2025-01-01",
    endDate: "2025-12-31",
    notes: "Moved to a competitor: follow up in spring.",
  },
];

/**
 * At first start, install the sample for acme (not for globex), store its API key and add a few agreements.
 *
 * Everything goes through the public HTTP API with a demo administrator's session. Done once per data directory:
 * an administrator who uninstalls the sample keeps it uninstalled.
 */
export async function seedOnce(options: {
  readonly dataDir: string;
  readonly baseUrl: string;
  readonly registryId: string;
  readonly version: string;
}): Promise<boolean> {
  const marker = join(options.dataDir, "seeded");
  if ((await readFile(marker, "utf8").catch(() => null)) !== null) return false;
  const admin = DEMO_USERS.find((user) => user.tenantId === "acme" && user.role === "admin")!;
  const login = await post(options.baseUrl, "/login", { email: admin.email, password: admin.password }, "");
  const cookie = login.headers.get("set-cookie")!.split(";")[0]!;
  const { registryId, version } = options;
  const asked = { registryId, version };
  const installed = await submit(options.baseUrl, "/api/v1/extensions/install", asked, cookie);
  // A start that was cut off here may have installed an older build of the sample: go on with this one.
  if (installed.status === 409) await post(options.baseUrl, "/api/v1/extensions/update", asked, cookie);
  else await assertOk(installed);
  await post(
    options.baseUrl,
    `/api/extensions/${registryId}/secrets`,
    { ledgerline_api_key: LEDGERLINE_API_KEY },
    cookie,
    "PUT",
  );
  // The first call prepares the component, which on a busy machine may take longer than one call is allowed to.
  for (
    let tries = 0;
    (await send(options.baseUrl, `/api/ext/${registryId}/agreements`, cookie)).status === 504;
    tries++
  ) {
    if (tries === 5) throw new Error("The sample extension could not be prepared in time.");
  }
  for (const agreement of AGREEMENTS)
    await post(options.baseUrl, `/api/ext/${registryId}/agreements`, agreement, cookie);
  await writeFile(marker, "");
  return true;
}

function send(baseUrl: string, path: string, cookie: string): Promise<Response> {
  return fetch(baseUrl + path, { headers: { cookie } });
}

function submit(
  baseUrl: string,
  path: string,
  body: unknown,
  cookie: string,
  method = "POST",
): Promise<Response> {
  return fetch(baseUrl + path, {
    method,
    headers: { "content-type": "application/json", ...(cookie === "" ? {} : { cookie }) },
    body: JSON.stringify(body),
  });
}

async function post(...request: Parameters<typeof submit>): Promise<Response> {
  return assertOk(await submit(...request));
}

async function assertOk(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
}
