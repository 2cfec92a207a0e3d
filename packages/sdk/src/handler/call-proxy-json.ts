import { SdkError } from "../errors.ts";
import type { HostBindings } from "../ports.ts";

/**
 * Call a platform route with JSON in and out; no payload is a GET.
 *
 * @throws {SdkError} `invalid_json` when the answer is not JSON, and the codes of `uiProxy.callRoute`.
 */
export async function callProxyJson<Value>(
  uiProxy: Pick<HostBindings["uiProxy"], "callRoute">,
  route: string,
  payload?: unknown,
): Promise<Value> {
  const body = payload === undefined ? undefined : new TextEncoder().encode(JSON.stringify(payload));
  const answer = await uiProxy.callRoute(route, body);
  try {
    return JSON.parse(new TextDecoder().decode(answer)) as Value;
  } catch (error) {
    throw new SdkError("invalid_json", `Route ${route} did not answer JSON.`, { cause: error });
  }
}
