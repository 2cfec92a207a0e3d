import { jsonResponse, SdkError, type ExecuteResponse, type HostBindings } from "@alga-ext/sdk/handler";

const SERVICE = "https://api.ledgerline.example/v1";
const SECRET = "ledgerline_api_key";
const STANDINGS = ["good", "watch", "blocked"];

/** Ask Ledgerline for a customer's payment standing; whatever goes wrong there is our 502 with a reason. */
export async function lookUpStanding(host: HostBindings, customer: string): Promise<ExecuteResponse> {
  try {
    const key = await host.secrets.get(SECRET);
    const answer = await host.http.fetch({
      method: "GET",
      url: `${SERVICE}/customers/${encodeURIComponent(customer)}/standing`,
      headers: [
        { name: "authorization", value: `Bearer ${key}` },
        { name: "accept", value: "application/json" },
      ],
    });
    if (answer.status === 401 || answer.status === 403) return unavailable("upstream_unauthorized");
    if (answer.status !== 200) return unavailable(`upstream_status_${answer.status}`);
    const standing: unknown = JSON.parse(new TextDecoder().decode(answer.body));
    return isStanding(standing) ? jsonResponse(standing) : unavailable("upstream_invalid");
  } catch (error) {
    if (error instanceof SdkError) return unavailable(error.code);
    if (error instanceof SyntaxError) return unavailable("upstream_invalid");
    throw error;
  }
}

function unavailable(reason: string): ExecuteResponse {
  return jsonResponse({ error: "standing_unavailable", reason }, { status: 502 });
}

function isStanding(value: unknown): value is { customer: string; standing: string; score: number } {
  if (typeof value !== "object" || value === null) return false;
  const { customer, standing, score } = value as Readonly<Record<string, unknown>>;
  return (
    typeof customer === "string" &&
    typeof standing === "string" &&
    STANDINGS.includes(standing) &&
    typeof score === "number"
  );
}
