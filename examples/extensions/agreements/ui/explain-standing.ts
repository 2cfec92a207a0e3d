import { ApiError } from "@alga-ext/sdk/ui";
import { explainError } from "./explain-error.ts";

/** Why there is no standing, in words that say who can change it. */
export function explainStanding(error: unknown): {
  readonly title: string;
  readonly text: string;
  readonly canRetry: boolean;
} {
  const reason = error instanceof ApiError ? reasonOf(error) : null;
  switch (reason) {
    case "secret_missing":
    case "secret_expired":
      return {
        title: "The Ledgerline key is not set",
        text: "An administrator can add the secret “ledgerline_api_key” under Extensions.",
        canRetry: false,
      };
    case "secret_denied":
    case "http_not_allowed":
    case "capability_not_declared":
      return {
        title: "Ledgerline is not allowed",
        text: "An administrator has to grant this extension its secrets and the host api.ledgerline.example.",
        canRetry: false,
      };
    case "upstream_unauthorized":
      return {
        title: "Ledgerline refused the key",
        text: "An administrator should check the secret “ledgerline_api_key” under Extensions.",
        canRetry: false,
      };
    case null:
      return explainError(error);
    default:
      return {
        title: "Ledgerline does not answer",
        text: "The payment service could not be reached. Try again in a moment.",
        canRetry: true,
      };
  }
}

function reasonOf(error: ApiError): string | null {
  if (typeof error.body !== "object" || error.body === null) return null;
  const reason: unknown = Reflect.get(error.body, "reason");
  return typeof reason === "string" ? reason : null;
}
