import { hkdfSync } from "node:crypto";
import { LRUCache } from "lru-cache";
import { CALL_TOKEN_TYP } from "@alga-ext/protocol";
import { createHmacSigner, type HmacSigner } from "@alga-ext/protocol/node";
import { createCallAuthority, type CallAuthorityOptions } from "../call-authority.ts";
import { toCallClaims, toSessionSecret } from "../internal/call-claims.ts";
import type { CallAuthority } from "../ports.ts";

interface SessionKey {
  /** First part of every token of the session, dot included. */
  readonly head: string;
  readonly sign: HmacSigner;
}

/**
 * Create a `CallAuthority` as `createCallAuthority` does, with tokens signed by Node's own HMAC: WebCrypto does each in
 * a helper thread, which takes longer than everything else the gateway does for a call.
 *
 * Its tokens and keys are the same, so gateways of both kinds work side by side.
 *
 * @throws {TypeError} when a key is not what it should be.
 */
export async function createNodeCallAuthority(options: CallAuthorityOptions): Promise<CallAuthority> {
  const { issuer, clock = Date.now } = options;
  const authority = await createCallAuthority(options);
  const { master, salt, infoOf } = toSessionSecret(options.privateKeyPem);
  const sessions = new LRUCache<string, SessionKey>({ max: 64 });
  const sessionOf = (kid: string): SessionKey => {
    let session = sessions.get(kid);
    if (session === undefined) {
      const bytes = new Uint8Array(hkdfSync("sha256", master, salt, infoOf(kid), 32));
      const head = { alg: "HS256", typ: CALL_TOKEN_TYP, kid };
      session = { head: `${encode(head)}.`, sign: createHmacSigner(bytes) };
      sessions.set(kid, session);
    }
    return session;
  };

  return {
    ...authority,
    async token(call, { kid }) {
      const { head, sign } = sessionOf(kid);
      const signed = head + encode(toCallClaims(call, { issuer, nowS: Math.floor(clock() / 1000) }));
      return `${signed}.${sign(signed)}`;
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
