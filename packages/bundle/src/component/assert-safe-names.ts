import { inspectComponent, type InspectOptions } from "./inspect-component.ts";

/**
 * Refuse a component in which any name, at any depth, could inject code into generated JavaScript.
 *
 * Run this before any transpiler sees the component; it reads the whole binary, so caps and structure hold too.
 *
 * @throws {BundleError} as {@link inspectComponent}
 */
export function assertSafeNames(bytes: Uint8Array, options: InspectOptions = {}): void {
  inspectComponent(bytes, options);
}
