import { RegistryError } from "../errors.ts";

/**
 * Pass on what a key provider says on purpose, and call everything else an outage.
 *
 * @throws {RegistryError} always: the given one, or `key_provider_unavailable`.
 */
export function throwProviderFailure(error: unknown): never {
  if (error instanceof RegistryError) throw error;
  throw new RegistryError("key_provider_unavailable", "The key provider failed. Try again later.", {
    cause: error,
    retryable: true,
  });
}

/** For `catch`: null for what will never open; everything else is thrown on. */
export function nullIfUnreadable(error: unknown): null {
  if (error instanceof RegistryError && error.code === "secret_unreadable") return null;
  throw error;
}
