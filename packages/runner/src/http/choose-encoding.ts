/** Encodings a UI file is sent in, the best one first. */
export const UI_ENCODINGS = ["br", "zstd", "gzip"] as const;

/** An encoding of a UI file. */
export type UiEncoding = (typeof UI_ENCODINGS)[number] | "identity";

/** Longer lists are read this far. */
const MAX_CHARS = 1_000;

/** The encoding a client likes best, by the weights of `accept-encoding`; ours decides between equals. */
export function chooseEncoding(acceptEncoding: string | null): UiEncoding {
  const weights = new Map<string, number>();
  for (const part of (acceptEncoding ?? "").slice(0, MAX_CHARS).split(",")) {
    const [name = "", ...params] = part.split(";").map((text) => text.trim().toLowerCase());
    const weight = params.find((param) => param.startsWith("q="))?.slice(2);
    if (name !== "") weights.set(name, weight === undefined ? 1 : Number(weight));
  }
  let best: UiEncoding = "identity";
  let most = weights.get("identity") ?? 0;
  for (const encoding of UI_ENCODINGS) {
    const weight = weights.get(encoding) ?? weights.get("*") ?? 0;
    // Ours decides between equals, identity included.
    if (weight > most || (weight > 0 && weight === most && best === "identity")) {
      best = encoding;
      most = weight;
    }
  }
  return best;
}
