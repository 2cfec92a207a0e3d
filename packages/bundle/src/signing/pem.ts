/** One block of PEM text. */
export interface PemBlock {
  readonly label: string;
  readonly der: Uint8Array;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END ([A-Z0-9 ]+)-----/g;

/**
 * Every block of PEM text, in order; comments between them are skipped.
 *
 * @throws {SyntaxError} on a block that does not end or is not base64
 */
export function readPem(text: string): PemBlock[] {
  if (text.replaceAll(BLOCK, "").includes("-----"))
    throw new SyntaxError("it has a PEM block that does not end");
  return [...text.matchAll(BLOCK)].map(([, label = "", body = "", end]) => {
    if (label !== end) throw new SyntaxError("it has a PEM block that does not end");
    return { label, der: decode(body) };
  });
}

function decode(body: string): Uint8Array {
  try {
    return Uint8Array.from(atob(body.replaceAll(/\s/g, "")), (char) => char.charCodeAt(0));
  } catch (cause) {
    throw new SyntaxError("it has a PEM block that is not base64", { cause });
  }
}
