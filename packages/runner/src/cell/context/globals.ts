import type { ContextHost } from "./context-host.ts";

/** Put the few globals that glue needs in place; they cannot be replaced. */
export function defineGlobals(host: ContextHost): void {
  Reflect.deleteProperty(globalThis, "gc");
  const define = (name: string, value: unknown) =>
    Object.defineProperty(globalThis, name, { value, writable: false, configurable: false });
  const U8 = Uint8Array;
  const { isView } = ArrayBuffer;
  const bytesOf = (input: unknown) =>
    input instanceof U8
      ? input
      : isView(input)
        ? new U8(input.buffer, input.byteOffset, input.byteLength)
        : new U8(input as ArrayBuffer);
  define(
    "TextDecoder",
    class {
      #utf16: boolean;
      constructor(label?: string) {
        this.#utf16 = label === "utf-16" || label === "utf-16le";
      }
      decode(input?: unknown) {
        return input === undefined ? "" : host.decode(this.#utf16, bytesOf(input));
      }
    },
  );
  define(
    "TextEncoder",
    class {
      encode(input = "") {
        const target = new U8(input.length * 3);
        return target.slice(0, host.encodeInto(input, target));
      }
      encodeInto(input: string, target: Uint8Array) {
        const written = host.encodeInto(input, target);
        return { read: input.length, written };
      }
    },
  );
  const mute = () => undefined;
  define("console", Object.freeze({ log: mute, info: mute, warn: mute, error: mute, debug: mute }));
  define("setTimeout", (callback: () => void, delay?: number) =>
    host.timer(callback, Number(delay) || 0, false),
  );
  define("setInterval", (callback: () => void, delay?: number) =>
    host.timer(callback, Number(delay) || 0, true),
  );
  define("clearTimeout", (id: unknown) => host.clearTimer(Number(id) || 0));
  define("clearInterval", (id: unknown) => host.clearTimer(Number(id) || 0));
  const resolved = Promise.resolve();
  define("queueMicrotask", (callback: () => void) => {
    void resolved.then(callback);
  });
}
