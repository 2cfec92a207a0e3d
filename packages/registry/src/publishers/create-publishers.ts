import { RegistryError } from "../errors.ts";
import { isTenantId } from "../internal/is-tenant-id.ts";
import { changePublisher, type PublisherContext, type PublisherRef } from "./change-publisher.ts";
import { getPublisher, type PublisherInfo } from "./get-publisher.ts";

const MAX_KEYS = 50;
const KEY_ID = /^[\x21-\x7e]{1,200}$/;

/** A key of a publisher. */
export interface PublisherKeyRequest extends PublisherRef {
  /** As `alga-ext keygen` and the trust bundle name it. */
  readonly keyId: string;
}

/** A publisher and who shall have it. */
export interface TransferPublisherRequest extends PublisherRef {
  /** The organisation, as `tenantId` of its principals. */
  readonly toTenantId: string;
}

/** Who owns the names of publishers. All but `get` are for people of the owner with `extension:publish`. */
export interface Publishers {
  /** Null when nobody has published under the name. */
  get(request: PublisherRef): Promise<PublisherInfo | null>;
  /**
   * Let one more key sign for the name. It must be trusted besides, as every key.
   *
   * @throws {RegistryError} `publisher_not_owned`, `publisher_not_found`, `forbidden`, `invalid_request`
   */
  addKey(request: PublisherKeyRequest): Promise<PublisherInfo>;
  /**
   * Let a key no longer sign for the name; the last one stays. What it signed stays published.
   *
   * @throws {RegistryError} `publisher_not_owned`, `publisher_not_found`, `forbidden`, `invalid_request`
   */
  removeKey(request: PublisherKeyRequest): Promise<PublisherInfo>;
  /**
   * Give the name to another organisation, keys and all; that one then changes the keys.
   *
   * @throws {RegistryError} `publisher_not_owned`, `publisher_not_found`, `forbidden`, `invalid_request`
   */
  transfer(request: TransferPublisherRequest): Promise<PublisherInfo>;
}

/** The verbs over one database. */
export function createPublishers(context: PublisherContext): Publishers {
  return Object.freeze<Publishers>({
    get: (request) => getPublisher(context.db, request),
    addKey({ keyId, ...ref }) {
      if (!KEY_ID.test(keyId))
        return Promise.reject(invalid("keyId", "A key id is 1 to 200 visible characters."));
      return changePublisher(context, ref, {
        type: "publisher_key_added",
        payload: { action: "key_added", keyId },
        change({ keyIds }) {
          if (keyIds.includes(keyId)) return null;
          if (keyIds.length >= MAX_KEYS) throw invalid("keyId", `A publisher has at most ${MAX_KEYS} keys.`);
          return { keyIds: [...keyIds, keyId] };
        },
      });
    },
    removeKey: ({ keyId, ...ref }) =>
      changePublisher(context, ref, {
        type: "publisher_key_removed",
        payload: { action: "key_removed", keyId },
        change({ keyIds }) {
          if (!keyIds.includes(keyId)) return null;
          if (keyIds.length === 1) throw invalid("keyId", "This is the last key: add the new one first.");
          return { keyIds: keyIds.filter((known) => known !== keyId) };
        },
      }),
    transfer({ toTenantId, ...ref }) {
      if (!isTenantId(toTenantId)) {
        return Promise.reject(invalid("toTenantId", "A tenant id is 1 to 255 characters of text."));
      }
      return changePublisher(context, ref, {
        type: "publisher_transferred",
        payload: { action: "transferred", from: ref.principal.tenantId, to: toTenantId },
        change: ({ organisation }) => (organisation === toTenantId ? null : { organisation: toTenantId }),
      });
    },
  });
}

function invalid(field: string, message: string): RegistryError {
  return new RegistryError("invalid_request", message, { details: { field } });
}
