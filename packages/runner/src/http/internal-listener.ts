import type { IncomingMessage, ServerResponse } from "node:http";
import { CallAbort } from "../cells/call-signal.ts";
import { RunnerError } from "../errors.ts";
import { createByteCollector } from "./byte-collector.ts";
import { createInternalApi, executeRaw, toRefusal, type InternalApiParts } from "./internal-api.ts";
import { toNodeListener } from "./node-listener.ts";
import { hasSoundHead } from "./to-request.ts";

const ANSWER_HEADERS = ["content-type", "application/json", "cache-control", "no-store"] as const;
const EXECUTE = "/v1/execute";
/** What breaks a connection ends this exchange and nothing else; `close` tells of it. */
const ignore = () => undefined;

/**
 * The internal API for `node:http`: as {@link createInternalApi}, but `POST /v1/execute` skips the web-standard
 * request and response, which cost more than everything else the supervisor does for a call.
 */
export function createInternalListener(
  parts: InternalApiParts,
): (req: IncomingMessage, res: ServerResponse) => void {
  const others = toNodeListener(createInternalApi(parts));
  return (req, res) => {
    if (req.method !== "POST" || req.url !== EXECUTE || !hasSoundHead(req)) {
      others(req, res);
      return;
    }
    serve(req, res, parts).catch(() => res.destroy());
  };
}

async function serve(req: IncomingMessage, res: ServerResponse, parts: InternalApiParts): Promise<void> {
  const gone = new CallAbort();
  res.on("close", () => {
    if (!res.writableFinished) gone.abort();
  });
  req.on("error", ignore);
  res.on("error", ignore);
  const header = (name: string) => {
    const value = req.headers[name];
    return typeof value === "string" ? value : null;
  };
  try {
    const raw = await readIncoming(req, parts.limits.executeBodyBytes);
    const answer = JSON.stringify(await executeRaw({ raw, header, signal: gone }, parts));
    const length = Buffer.byteLength(answer);
    res.writeHead(200, [...ANSWER_HEADERS, "content-length", length]);
    // Nearly always plain ASCII, which goes out without being transcoded.
    res.end(answer, length === answer.length ? "latin1" : "utf8");
  } catch (error) {
    const refusal = toRefusal(error, parts.logger, header("x-request-id") ?? undefined);
    // What is left of a body that was not read to its end may be anything.
    if (!req.complete) refusal.headers.set("connection", "close");
    res.writeHead(refusal.status, Object.fromEntries(refusal.headers));
    res.end(await refusal.text());
  }
}

/**
 * Read a body under a cap.
 *
 * @throws {RunnerError} `payload_too_large`
 */
function readIncoming(req: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const refuse = () => {
      req.removeAllListeners("data");
      req.pause();
      reject(
        new RunnerError("payload_too_large", `The body is larger than ${maxBytes} bytes.`, {
          details: { limit: "executeBodyBytes", value: maxBytes },
        }),
      );
    };
    if (Number(req.headers["content-length"] ?? 0) > maxBytes) {
      refuse();
      return;
    }
    const body = createByteCollector();
    req.on("data", (chunk: Buffer) => {
      if (body.length + chunk.length > maxBytes) refuse();
      else body.add(chunk);
    });
    req.on("end", () => resolve(body.take()));
    // Asked for now, a body that comes with its head goes straight to its listener, not through the stream's buffer.
    req.read(0);
    req.on("close", () => {
      if (!req.complete) reject(new DOMException("The body broke off.", "NetworkError"));
    });
  });
}
