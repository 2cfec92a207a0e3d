/** Random bytes from the host's generator. */
export type RandomBytes = (length: number) => Uint8Array;

/** The part of `crypto` that needs nothing but random bytes. */
export interface GuestCrypto {
  getRandomValues<View extends ArrayBufferView>(view: View): View;
  randomUUID(): string;
}

const MAX_BYTES = 65_536;
const POOL_BYTES = 256;

/** `crypto.getRandomValues` and `crypto.randomUUID`. */
export function createCrypto(randomBytes: RandomBytes): GuestCrypto {
  return {
    getRandomValues(view) {
      if (!ArrayBuffer.isView(view) || view instanceof Float32Array || view instanceof Float64Array) {
        throw new TypeError("getRandomValues needs an integer typed array.");
      }
      if (view.byteLength > MAX_BYTES) {
        throw new RangeError(
          `getRandomValues fills at most ${MAX_BYTES} bytes at once, not ${view.byteLength}.`,
        );
      }
      const target = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      target.set(randomBytes(view.byteLength));
      return view;
    },
    randomUUID() {
      const bytes = randomBytes(16);
      bytes[6] = (bytes[6]! & 0x0f) | 0x40;
      bytes[8] = (bytes[8]! & 0x3f) | 0x80;
      const hex = (bytes as unknown as { toHex(): string }).toHex();
      return [8, 12, 16, 20, 32].map((end, index) => hex.slice([0, 8, 12, 16, 20][index], end)).join("-");
    },
  };
}

/**
 * `Math.random` from the host's generator, a pool at a time: the engine seeds its own once, at build, so every fresh
 * instance would repeat the same numbers.
 */
export function createMathRandom(randomBytes: RandomBytes): () => number {
  let pool = new DataView(new ArrayBuffer(0));
  let at = 0;
  return () => {
    if (at >= pool.byteLength) {
      pool = new DataView(randomBytes(POOL_BYTES).slice().buffer);
      at = 0;
    }
    const high = pool.getUint32(at) >>> 5;
    const low = pool.getUint32(at + 4) >>> 6;
    at += 8;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  };
}
