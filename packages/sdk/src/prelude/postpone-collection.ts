/** Allocations that a call may add to the heap, at least, before the engine collects. */
const ROOM = 8_192;

/**
 * Give every call room before its first garbage collection: {@link ROOM} allocations; the last thing to do at build.
 *
 * QuickJS collects when an object is made while the heap has half as many allocations again as after the last
 * collection; their sizes do not count. Every call starts from the heap as the build left it, which may be just below
 * that mark: then each of them would collect, visit every object and so change all pages of the heap. With so many
 * allocations in use, the object made here either passes the mark, and the next one is set that much higher, or there
 * was room for all of them.
 */
export function postponeCollection(): void {
  // Strings are the smallest there is, and do not collect themselves.
  const ballast: string[] = [];
  for (let count = 0; count < ROOM; count++) ballast.push(`b${count}`);
  const spark = { ballast };
  // In use until here, so that no cleverer engine lets go of it before it collects.
  if (spark.ballast.length !== ROOM) throw new TypeError("unreachable");
}
