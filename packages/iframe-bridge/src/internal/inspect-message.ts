import { isClientToHost, isClientType, isEnvelope, type ClientToHostMessage } from "../envelope.ts";
import { BRIDGE_LIMITS } from "../limits.ts";

/** Why a message was dropped. */
export type MessageFault =
  | "malformed"
  | "unsupported_version"
  | "unknown_type"
  | "prototype_key"
  | "oversize";

const NODE_BYTES = 16;
const PROTOTYPE_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Walk what a frame sent and add up its size. Stops at the cap, so a cyclic or huge value costs no more than a
 * message of exactly 256 KiB. Only what JSON has, plus ArrayBuffers, may be in a message.
 */
function measure(root: unknown): MessageFault | undefined {
  const queue: unknown[] = [root];
  let bytes = 0;
  let bufferBytes = 0;
  for (let value = queue.pop(); value !== undefined || queue.length > 0; value = queue.pop()) {
    bytes += NODE_BYTES;
    if (typeof value === "string") bytes += value.length * 2;
    else if (typeof value === "object" && value !== null) {
      const tag = Object.prototype.toString.call(value);
      if (tag === "[object ArrayBuffer]") bufferBytes += (value as ArrayBuffer).byteLength;
      else if (tag === "[object Array]") {
        const list = value as readonly unknown[];
        if (list.length * NODE_BYTES > BRIDGE_LIMITS.controlMessageBytes) return "oversize";
        for (const entry of list) queue.push(entry);
      } else if (tag === "[object Object]") {
        for (const [key, entry] of Object.entries(value)) {
          if (PROTOTYPE_KEYS.has(key)) return "prototype_key";
          bytes += NODE_BYTES + key.length * 2;
          queue.push(entry);
        }
      } else return "malformed";
    } else if (typeof value === "bigint") return "malformed";
    if (bytes > BRIDGE_LIMITS.controlMessageBytes || bufferBytes > BRIDGE_LIMITS.proxyBodyBytes)
      return "oversize";
  }
  return undefined;
}

function has(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

/** Judge one value that arrived from a frame: a message to act on, or the reason it is dropped. */
export function inspectMessage(
  data: unknown,
): { readonly message: ClientToHostMessage } | { readonly fault: MessageFault } {
  if (has(data, "alga") && has(data, "version") && Reflect.get(data as object, "version") !== "1") {
    return { fault: "unsupported_version" };
  }
  if (!isEnvelope(data)) return { fault: "malformed" };
  if (!isClientType(data.type)) return { fault: "unknown_type" };
  const fault = measure(data);
  if (fault !== undefined) return { fault };
  return isClientToHost(data) ? { message: data } : { fault: "malformed" };
}
