/** Held while the engine collects. What a call may allocate afterwards depends on the rest of the heap too. */
const BALLAST_BYTES = 768 * 1024;

/**
 * Move the engine's next garbage collection away from the start of calls; the last thing to do at build.
 *
 * QuickJS collects when the heap is half as large again as it was after the last collection. Every call starts from
 * the heap as the build left it, which is often just below that: then each of them would collect, visit every object
 * and so change all pages of the heap. Collecting once now, beside something large, sets the mark higher; a heap that has room already stays as it is.
 */
export function postponeCollection(): void {
  const ballast = new ArrayBuffer(BALLAST_BYTES);
  const sparks: object[] = [];
  for (let count = 0; count < 64; count++) sparks.push({ count });
  // Both are in use until here, so that no cleverer engine lets go of them before it collects.
  if (ballast.byteLength + sparks.length === 0) throw new TypeError("unreachable");
}
