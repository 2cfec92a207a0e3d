const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A manifest that parses. */
export const MANIFEST = JSON.stringify({
  name: "agreements",
  publisher: "acme-labs",
  version: "0.1.0",
  runtime: "wasm-js@1",
  capabilities: ["cap:storage.kv", "cap:secrets.get"],
});

/** A small extension: page, manifest, and bytes in place of a component. */
export const FILES: Readonly<Record<string, Uint8Array>> = {
  "ui/index.html": text("<!doctype html><title>Agreements</title>"),
  "manifest.json": text(MANIFEST),
  "dist/main.wasm": Uint8Array.from({ length: 3000 }, (_, i) => (i * i) % 251),
};
