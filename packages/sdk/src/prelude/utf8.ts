/** Decode UTF-8 as the Encoding Standard does: each maximal part of a bad sequence becomes one U+FFFD. */
export function decodeUtf8Lossy(bytes: Uint8Array): string {
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at++]!;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      continue;
    }
    const need = sequenceLength(first) - 1;
    if (need <= 0) {
      text += "\ufffd";
      continue;
    }
    let [low, high] = secondByteRange(first);
    let point = first & (0x3f >> need);
    let seen = 0;
    while (seen < need && at < bytes.length && bytes[at]! >= low && bytes[at]! <= high) {
      point = (point << 6) | (bytes[at++]! & 0x3f);
      seen++;
      low = 0x80;
      high = 0xbf;
    }
    text += seen === need ? String.fromCodePoint(point) : "\ufffd";
  }
  return text;
}

/** How many bytes at the end may still become a code point when more arrive. */
export function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    if (sequenceLength(byte) <= back) return 0;
    if (back === 1) return 1;
    const [low, high] = secondByteRange(byte);
    const second = bytes[bytes.length - back + 1]!;
    return second >= low && second <= high ? back : 0;
  }
  return 0;
}

/** Bytes of the sequence that a lead byte begins; 0 for a byte that begins none. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/** Overlong forms, surrogates and points above U+10FFFF are refused at the second byte. */
function secondByteRange(lead: number): [low: number, high: number] {
  if (lead === 0xe0) return [0xa0, 0xbf];
  if (lead === 0xed) return [0x80, 0x9f];
  if (lead === 0xf0) return [0x90, 0xbf];
  return lead === 0xf4 ? [0x80, 0x8f] : [0x80, 0xbf];
}
