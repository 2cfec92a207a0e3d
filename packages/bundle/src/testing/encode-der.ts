/** One DER element of these parts. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : length < 0x10000
          ? [0x82, length >> 8, length & 0xff]
          : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Uint8Array.from(Buffer.concat([Uint8Array.of(tag, ...head), content]));
}

/** A SEQUENCE. */
export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => der(0x30, ...parts);

/** An OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const arcs = [first * 40 + second, ...rest].flatMap((arc) => {
    const bytes = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      bytes.unshift((left % 128) + 128);
    return bytes;
  });
  return der(0x06, Uint8Array.from(arcs));
}

/** A UTCTime before 2050, a GeneralizedTime from then on. */
export function time(date: Date): Uint8Array {
  const text = date.toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
}

/** A BIT STRING with these bits set. */
export function bits(numbers: readonly number[]): Uint8Array {
  if (numbers.length === 0) return der(0x03, Uint8Array.of(0));
  const bytes = new Uint8Array(Math.floor(Math.max(...numbers) / 8) + 1);
  for (const number of numbers) bytes[number >> 3]! |= 0x80 >> (number & 7);
  return der(0x03, Uint8Array.of(7 - (Math.max(...numbers) % 8)), bytes);
}
