import type { NewApiKey, Permission, Principal } from "@alga-ext/protocol";
import { RegistryError } from "../errors.ts";
import type { ApiKeyContext } from "./api-key-row.ts";
import { issueApiKey } from "./issue-api-key.ts";

const DAY_MS = 86_400_000;
const MAX_DAYS = 366;

/** What {@link createApiKey} takes. */
export interface CreateApiKeyRequest {
  /** Who makes the key, of whose tenant it is, and more than whom it may not do. */
  readonly principal: Principal;
  /** 1–128 characters, to know it again by. */
  readonly name: string;
  /** At least one. */
  readonly permissions: readonly Permission[];
  /** Publisher names to limit `extension:publish` to; letter case is ignored. @default those of the principal */
  readonly publishers?: readonly string[];
  /** 1–366. @default 90 */
  readonly expiresInDays?: number;
}

/**
 * Make an API key for a program. Its text is in the answer and nowhere else.
 *
 * A person makes it, with `extension:manage`, and it may do no more than that person: a key cannot make its successor,
 * so what expires or is revoked stays so.
 *
 * @throws {RegistryError} `forbidden`, `invalid_request`, `too_many_api_keys`
 */
export async function createApiKey(context: ApiKeyContext, request: CreateApiKeyRequest): Promise<NewApiKey> {
  const { principal, name, expiresInDays = 90 } = request;
  const permissions = [...new Set(request.permissions)];
  const publishers = toPublishers(request);
  if (principal.userType !== "internal" || !principal.permissions.includes("extension:manage")) {
    throw new RegistryError("forbidden", "API keys are made by people who have extension:manage.");
  }
  const excess = permissions.find((one) => !principal.permissions.includes(one));
  if (excess !== undefined) {
    throw new RegistryError("forbidden", `You cannot give away ${excess}, which you do not have.`, {
      details: { permission: excess },
    });
  }
  if (name.trim() === "" || name.length > 128 || name.includes("\0")) {
    throw invalid("name", "A key needs a name of 1 to 128 characters.");
  }
  if (permissions.length === 0) throw invalid("permissions", "A key needs at least one permission.");
  if (!Number.isSafeInteger(expiresInDays) || expiresInDays < 1 || expiresInDays > MAX_DAYS) {
    throw invalid("expiresInDays", `A key works for 1 to ${MAX_DAYS} days.`);
  }
  return issueApiKey(context, {
    tenantId: principal.tenantId,
    name,
    permissions,
    publishers,
    createdBy: principal.userId,
    lifetimeMs: expiresInDays * DAY_MS,
  });
}

function toPublishers({ principal, publishers }: CreateApiKeyRequest): readonly string[] | null {
  if (publishers === undefined) return principal.publishers ?? null;
  const names = [...new Set(publishers.map((name) => name.toLowerCase()))];
  if (names.length === 0 || names.length > 100 || names.some((name) => !/^[^\0]{1,255}$/.test(name))) {
    throw invalid("publishers", "Name 1 to 100 publishers, or leave publishers out for any.");
  }
  const excess = names.find((name) => principal.publishers?.includes(name) === false);
  if (excess === undefined) return names;
  throw new RegistryError("forbidden", `You may not publish as ${excess} yourself.`, {
    details: { publisher: excess },
  });
}

function invalid(field: string, message: string): RegistryError {
  return new RegistryError("invalid_request", message, { details: { field } });
}
