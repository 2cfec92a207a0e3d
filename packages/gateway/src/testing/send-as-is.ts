import { once } from "node:events";
import { request as httpRequest, type Agent, type IncomingMessage } from "node:http";

/** As `fetch` does, without the headers it adds of its own. */
export async function sendAsIs(request: Request, agent: Agent): Promise<Response> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  const sending = httpRequest(request.url, {
    method: request.method,
    agent,
    headers: Object.fromEntries(request.headers),
  });
  if (bytes.byteLength > 0) sending.setHeader("content-length", bytes.byteLength);
  sending.end(bytes.byteLength > 0 ? bytes : undefined);
  const [incoming] = (await once(sending, "response")) as [IncomingMessage];
  const body = Buffer.concat((await incoming.toArray()) as Buffer[]);
  const headers = new Headers();
  for (let index = 0; index < incoming.rawHeaders.length; index += 2)
    headers.append(incoming.rawHeaders[index]!, incoming.rawHeaders[index + 1]!);
  const status = incoming.statusCode!;
  return new Response([204, 304].includes(status) ? null : body, { status, headers });
}
