import { randomUUID } from "node:crypto";
import type { Principal, UploadResult } from "@alga-ext/protocol";
import type { RegistryDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { BlobStore } from "../ports.ts";
import { requirePublish } from "../publish/require-publish.ts";
import { stagingKey } from "./staging-key.ts";

/** Largest archive: 200 MiB. */
export const MAX_UPLOAD_BYTES = 209_715_200;

/** What every upload verb works with. */
export interface UploadContext {
  readonly db: RegistryDb;
  readonly blobs: BlobStore;
  readonly clock: () => number;
}

/** What {@link stage} takes. */
export interface StageRequest {
  readonly filename: string;
  /** Bytes the client says it sends. */
  readonly size: number;
  /** 64 lower-case hex digits. */
  readonly declaredHash?: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Needs `extension:publish`. */
  readonly principal: Principal;
}

/**
 * Stream an upload to the blob store; only its tenant can finalise or abort it.
 *
 * @throws {RegistryError} `forbidden`, `upload_too_large`, `upload_size_mismatch`.
 */
export async function stage(context: UploadContext, request: StageRequest): Promise<UploadResult> {
  const { db, blobs } = context;
  const { principal, filename, size, declaredHash } = request;
  requirePublish(principal);
  if (size > MAX_UPLOAD_BYTES) {
    throw new RegistryError("upload_too_large", `An archive has at most ${MAX_UPLOAD_BYTES} bytes.`);
  }
  const id = randomUUID();
  const key = stagingKey(id);
  // The row goes first: whose a staged blob is must never be open.
  await db.withTenant(principal.tenantId, (tx) =>
    tx
      .insertInto("extension_upload")
      .values({
        id,
        tenant_id: principal.tenantId,
        user_id: principal.userId,
        filename,
        size_bytes: size,
        sha256: "",
        declared_hash: declaredHash ?? null,
        created_at: new Date(context.clock()),
      })
      .execute(),
  );
  try {
    const { sizeBytes, sha256 } = await blobs.put(key, request.body, { maxBytes: size });
    if (sizeBytes !== size) {
      throw new RegistryError("upload_size_mismatch", "The body is shorter than it was said to be.", {
        details: { declared: size, received: sizeBytes },
      });
    }
    await db.withTenant(principal.tenantId, (tx) =>
      tx
        .updateTable("extension_upload")
        .set({ sha256 })
        .where("tenant_id", "=", principal.tenantId)
        .where("id", "=", id)
        .execute(),
    );
  } catch (error) {
    await discard(context, principal.tenantId, id);
    throw error;
  }
  return {
    upload: { key, strategy: "staging" },
    filename,
    size,
    ...(declaredHash === undefined ? {} : { declaredHash }),
  };
}

/** Remove one staged upload with its row; false when there was no blob. */
export async function discard(context: UploadContext, tenantId: string, id: string): Promise<boolean> {
  const removed = await context.blobs.delete(stagingKey(id));
  await context.db.withTenant(tenantId, (tx) =>
    tx.deleteFrom("extension_upload").where("tenant_id", "=", tenantId).where("id", "=", id).execute(),
  );
  return removed;
}
