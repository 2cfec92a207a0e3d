import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { componentize } from "componentize-qjs";

const WIT_DIR = fileURLToPath(new URL("../../protocol/wit", import.meta.url));

/** Helpers every guest of these tests has: bytes from and to ASCII, a text answer. */
const GUEST_PRELUDE = `
const bytes = (text) => Uint8Array.from(Array.from(text, (c) => c.charCodeAt(0)));
const string = (body) => String.fromCharCode(...(body ?? []));
const answer = (text, status = 200) => ({ status, headers: [{ name: "content-type", value: "text/plain" }], body: bytes(String(text)) });
const attempt = (work) => { try { return { ok: work() }; } catch (error) { return { err: error?.payload ?? String(error) }; } };
`;

/**
 * Build a QuickJS component from a guest module; results are kept in the temp directory.
 *
 * @param wit - text with a world `runner`. @default the whole world of the platform
 */
export async function buildComponent(jsSource: string, wit?: string): Promise<Uint8Array> {
  const source = withPrelude(jsSource);
  const directory = join(tmpdir(), "alga-runner-test-components");
  const key = createHash("sha256")
    .update(source)
    .update(wit ?? readFileSync(join(WIT_DIR, "alga-extension.wit")))
    .digest("hex");
  const path = join(directory, `${key}.wasm`);
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    const component = await build(source, wit);
    mkdirSync(directory, { recursive: true });
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, component);
    renameSync(temporary, path);
    return new Uint8Array(component);
  }
}

async function build(jsSource: string, wit: string | undefined): Promise<Uint8Array> {
  const own = wit === undefined ? null : mkdtempSync(join(tmpdir(), "alga-runner-test-wit-"));
  try {
    if (own !== null && wit !== undefined) writeFileSync(join(own, "world.wit"), wit);
    const { component } = await componentize({
      witPath: own ?? WIT_DIR,
      jsSource,
      world: "runner",
      stubWasi: true,
      sync: true,
    });
    return component;
  } finally {
    if (own !== null) rmSync(own, { recursive: true });
  }
}

function withPrelude(source: string): string {
  const lines = source.split("\n");
  const imports = lines.filter((line) => line.trim().startsWith("import "));
  return [...imports, GUEST_PRELUDE, ...lines.filter((line) => !line.trim().startsWith("import "))].join(
    "\n",
  );
}
