import { RunnerError } from "../errors.ts";
import { createByteCollector } from "./byte-collector.ts";

/**
 * Read a request body under a cap, stopping as soon as it is passed.
 *
 * @throws {RunnerError} `payload_too_large`
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () =>
    new RunnerError("payload_too_large", `The body is larger than ${maxBytes} bytes.`, {
      details: { limit: "executeBodyBytes", value: maxBytes },
    });
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  if (request.body === null) return new Uint8Array(0);
  const body = createByteCollector();
  for await (const chunk of request.body as AsyncIterable<Uint8Array>) {
    if (body.length + chunk.length > maxBytes) throw tooLarge();
    body.add(chunk);
  }
  return body.take();
}
