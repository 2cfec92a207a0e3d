import type { S3Client } from "./s3-client.ts";

/** One object as a bucket lists it. */
export interface S3Object {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

/** One page of `ListObjectsV2` after a key. */
export async function listPage(
  client: S3Client,
  { prefix, after }: { readonly prefix: string; readonly after: string },
): Promise<{ readonly objects: readonly S3Object[]; readonly isTruncated: boolean }> {
  const query = {
    "list-type": "2",
    "max-keys": "1000",
    prefix,
    ...(after === "" ? {} : { "start-after": after }),
  };
  const { text: xml } = await client.send({ method: "GET", query });
  const objects = elements(xml, "Contents").map((entry) => ({
    key: textOf(entry, "Key"),
    sizeBytes: Number(textOf(entry, "Size")),
    modifiedAtMs: Date.parse(textOf(entry, "LastModified")),
  }));
  return { objects, isTruncated: textOf(xml, "IsTruncated") === "true" };
}

/** Uploads in parts that were begun before a time and never ended. */
export async function listUnfinished(
  client: S3Client,
  { prefix, beforeMs }: { readonly prefix: string; readonly beforeMs: number },
): Promise<{ readonly key: string; readonly uploadId: string }[]> {
  const found: { key: string; uploadId: string }[] = [];
  let marker: Record<string, string> = {};
  for (;;) {
    const { text: xml } = await client.send({ method: "GET", query: { uploads: "", prefix, ...marker } });
    for (const entry of elements(xml, "Upload")) {
      if (Date.parse(textOf(entry, "Initiated")) >= beforeMs) continue;
      found.push({ key: textOf(entry, "Key"), uploadId: textOf(entry, "UploadId") });
    }
    const [key, id] = [textOf(xml, "NextKeyMarker"), textOf(xml, "NextUploadIdMarker")];
    if (textOf(xml, "IsTruncated") !== "true" || key === "") return found;
    marker = { "key-marker": key, "upload-id-marker": id };
  }
}

/** The documents are flat lists without attributes that matter; anything else in them is ignored. */
function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, "g"))].map(([, content = ""]) => content);
}

function textOf(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? "";
  return text.replaceAll(
    /&(?:#(\d+)|#x([0-9a-fA-F]+)|(lt|gt|amp|quot|apos));/g,
    (_, decimal, hex, name: string) => {
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(String(hex), 16));
      return { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }[name] ?? "";
    },
  );
}
