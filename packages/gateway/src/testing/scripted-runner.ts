import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { compactDecrypt, decodeProtectedHeader, importPKCS8, importSPKI, jwtVerify } from "jose";
import {
  CALL_TOKEN_TYP,
  HANDSHAKE_TYP,
  RUNNER_AUDIENCE,
  type CallClaims,
  type ExecuteRequest,
  type ExecuteResponse,
} from "@alga-ext/protocol";
import type { CallKeys } from "./call-keys.ts";
import { guestAnswer } from "./fake-invoker.ts";

/** Options of {@link startScriptedRunner}. */
export interface ScriptedRunnerOptions {
  readonly keys: CallKeys;
  /** @default 0, any free port */
  readonly port?: number;
  /** Whether `/readyz` says so; null leaves the question unanswered. @default true */
  readonly isReady?: () => boolean | null;
  /** Refuse this many handshakes as older than the runner's process. @default 0 */
  readonly staleHandshakes?: number;
  /**
   * Answer an admitted call; null when the script writes to `raw` itself, or never.
   * @default 200 `{"ok":true}`
   */
  readonly answer?: (
    request: ExecuteRequest,
    raw: {
      readonly claims: CallClaims;
      readonly incoming: IncomingMessage;
      readonly outgoing: ServerResponse;
    },
  ) => ExecuteResponse | null | Promise<ExecuteResponse | null>;
}

/** A runner that checks tokens as a real one does and answers from a script. */
export interface ScriptedRunner {
  readonly url: string;
  readonly port: number;
  /** Sessions opened so far. */
  handshakes(): number;
  /** Claims of every admitted call. */
  admitted(): readonly CallClaims[];
  /** Lose every session key, as a restart does. */
  forgetSessions(): void;
  /** Stop at once, cutting what is in flight. */
  close(): Promise<void>;
}

/** Start a scripted runner on loopback. */
export async function startScriptedRunner(options: ScriptedRunnerOptions): Promise<ScriptedRunner> {
  const gatewayKey = await importSPKI(options.keys.gatewayPublicPem, "EdDSA");
  const runnerKey = await importPKCS8(options.keys.runnerPrivatePem, "ECDH-ES");
  const sessions = new Map<string, Uint8Array>();
  const admitted: CallClaims[] = [];
  let handshakes = 0;
  let stale = options.staleHandshakes ?? 0;

  const openSession = async (body: Buffer): Promise<unknown> => {
    const { token } = JSON.parse(body.toString()) as { token: string };
    const rules = { algorithms: ["EdDSA"], typ: HANDSHAKE_TYP, audience: RUNNER_AUDIENCE };
    const { payload } = await jwtVerify(token, gatewayKey, rules);
    const { plaintext } = await compactDecrypt(String(payload["key"]), runnerKey);
    sessions.set(String(payload["kid"]), plaintext);
    handshakes += 1;
    return { kid: payload["kid"], expires_at: new Date((payload.exp ?? 0) * 1000).toISOString() };
  };

  const admit = async (incoming: IncomingMessage, body: Buffer): Promise<CallClaims | string> => {
    const token = (incoming.headers.authorization ?? "").replace(/^Bearer /, "");
    if (token === "") return "call_token_missing";
    const key = sessions.get(decodeProtectedHeader(token).kid ?? "");
    if (key === undefined) return "call_token_unknown_key";
    const rules = { algorithms: ["HS256"], typ: CALL_TOKEN_TYP, audience: RUNNER_AUDIENCE };
    const { payload } = await jwtVerify<CallClaims>(token, key, rules);
    const bh = createHash("sha256").update(body).digest("base64url");
    return payload.bh === bh ? payload : "call_token_invalid";
  };

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (incoming.url === "/readyz") {
      const isReady = (options.isReady ?? (() => true))();
      if (isReady !== null) send(outgoing, isReady ? 200 : 503, { ready: isReady });
      return;
    }
    if (incoming.url === "/v1/handshake") {
      if (stale-- > 0) {
        send(outgoing, 401, { error: "call_token_expired" });
        return;
      }
      send(outgoing, 200, await openSession(body));
      return;
    }
    const claims = await admit(incoming, body);
    if (typeof claims === "string") {
      send(outgoing, 401, { error: claims });
      return;
    }
    admitted.push(claims);
    const request = JSON.parse(body.toString()) as ExecuteRequest;
    const answer = await (options.answer ?? (() => guestAnswer()))(request, { claims, incoming, outgoing });
    if (answer !== null) send(outgoing, 200, answer);
  };

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => send(outgoing, 401, { error: "call_token_invalid" }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    handshakes: () => handshakes,
    admitted: () => admitted,
    forgetSessions: () => sessions.clear(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(outgoing: ServerResponse, status: number, json: unknown): void {
  if (outgoing.headersSent || outgoing.destroyed) return;
  outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
}
