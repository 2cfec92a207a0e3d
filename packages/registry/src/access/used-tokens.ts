import { createHash } from "node:crypto";
import type { RegistryDb } from "../db/registry-db.ts";
import type { UsedTokens } from "./oidc-options.ts";

/** How much longer than it works a token is remembered: machines that share the database have clocks of their own. */
const CLOCKS_DIFFER_MS = 3_600_000;

/** Remember used tokens in the database, so that a token used at one process is used up at all of them. */
export function createUsedTokens({
  db,
  clock,
}: {
  readonly db: RegistryDb;
  readonly clock: () => number;
}): UsedTokens {
  return Object.freeze<UsedTokens>({
    async use(id, expiresAtMs) {
      const digest = createHash("sha256").update(id).digest("hex");
      return db.shared(async (tx) => {
        const over = new Date(clock() - CLOCKS_DIFFER_MS);
        await tx.deleteFrom("extension_used_token").where("expires_at", "<", over).execute();
        const { numInsertedOrUpdatedRows } = await tx
          .insertInto("extension_used_token")
          .values({ digest, expires_at: new Date(expiresAtMs) })
          .onConflict((conflict) => conflict.column("digest").doNothing())
          .executeTakeFirstOrThrow();
        return numInsertedOrUpdatedRows === 1n;
      });
    },
  });
}
