import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseTrustBundle } from "@alga-ext/bundle";

const POLL_MS = 1000;

/** The file that host app and runner read as their trust bundle. */
export interface TrustedKeys {
  readonly file: string;
  /** Look at the directory now; answers whether the bundle changed. */
  refresh(): Promise<boolean>;
  close(): void;
}

/**
 * Keep `<keys>/trust.pem` the sum of the deployment's own signing key and every `*.pem` in `<keys>/trusted`: public
 * keys of authors, put there by the operator. A key counts, and stops counting, within seconds.
 *
 * A file that is no public key is passed over with a word; everybody else's keys stay trusted.
 */
export async function followTrustedKeys(options: {
  readonly keysDir: string;
  /** The deployment's own key. */
  readonly ownPem: string;
  readonly say: (line: string) => void;
}): Promise<TrustedKeys> {
  const { keysDir, ownPem, say } = options;
  const dir = join(keysDir, "trusted");
  const file = join(keysDir, "trust.pem");
  await mkdir(dir, { recursive: true, mode: 0o700 });
  let written: string | null = null;
  const refused = new Map<string, string>();

  const read = async (name: string): Promise<string | null> => {
    const pem = await readFile(join(dir, name), "utf8").catch(() => "");
    if (refused.get(name) === pem) return null;
    try {
      await parseTrustBundle(pem);
      return pem;
    } catch {
      refused.set(name, pem);
      say(`  ${join(dir, name)} is passed over: it holds no public key in PEM (the .pub of alga-ext keygen)`);
      return null;
    }
  };
  const refresh = async (): Promise<boolean> => {
    const names = (await readdir(dir)).filter((name) => name.endsWith(".pem")).toSorted();
    const found = await Promise.all(names.map(async (name) => ({ name, pem: await read(name) })));
    const good = found.flatMap(({ name, pem }) => (pem === null ? [] : [{ name, pem }]));
    const text = [ownPem, ...good.map(({ pem }) => pem)].map((pem) => `${pem.trim()}\n`).join("");
    if (text === written) return false;
    // Renamed into place: whoever reads it never sees half of it.
    await writeFile(`${file}.part`, text, { mode: 0o600 });
    await rename(`${file}.part`, file);
    written = text;
    if (good.length > 0) say(`  trusting authors' keys: ${good.map(({ name }) => name).join(", ")}`);
    return true;
  };
  await refresh();
  const timer = setInterval(() => void refresh().catch(() => undefined), POLL_MS);
  timer.unref();
  return { file, refresh, close: () => clearInterval(timer) };
}
