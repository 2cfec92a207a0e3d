import { readFile, stat } from "node:fs/promises";
import type { TrustSource } from "../ports.ts";
import { parseTrustDocument } from "../signing/parse-trust-document.ts";
import type { TrustDocument } from "../signing/trust-document.ts";
import { parseTrustBundle, type TrustPolicy } from "../signing/trust-policy.ts";
import { updateTrustDocument } from "../signing/update-trust-document.ts";

/** Options of {@link createTrustFiles}. */
export interface TrustFilesOptions {
  /** Trust bundle: PEM text, or a path to it. */
  readonly bundle: string;
  /** Trust document: JSON text, or a path to it. @default none */
  readonly document?: string;
  /** How often files are looked at. @default 2000 */
  readonly pollMs?: number;
  /** Hears of files that changed and were refused; the last good policy stays in place. @default nobody */
  readonly onRefused?: (error: unknown) => void;
}

/** Trust read from files and kept up to date. */
export interface TrustFiles extends TrustSource {
  /** Look at the files now; answers whether `current` changed. */
  refresh(): Promise<boolean>;
  /** Stop looking. */
  close(): void;
}

const POLL_MS = 2_000;

/**
 * Read a trust bundle and a trust document, and read them again when their files change.
 *
 * A changed document must be an admissible next version ({@link updateTrustDocument}); what cannot be read or is
 * refused changes nothing. Replace files by renaming, so that nobody reads half of one. What is given as text never
 * changes.
 *
 * @throws {BundleError} as {@link parseTrustBundle} and {@link parseTrustDocument}; a file that cannot be read rejects
 * with the system's error
 */
export async function createTrustFiles(options: TrustFilesOptions): Promise<TrustFiles> {
  const { document: given, onRefused = () => undefined } = options;
  const bundle = toText(options.bundle, options.bundle.includes("-----BEGIN "));
  const document = given === undefined ? null : toText(given, given.trimStart().startsWith("{"));
  const listeners = new Set<() => void>();

  const read = async (previous: TrustDocument | null): Promise<TrustPolicy> => {
    const [pem, text] = await Promise.all([bundle.read(), document?.read() ?? null]);
    const parsed =
      text === null
        ? null
        : previous === null
          ? await parseTrustDocument(text)
          : await updateTrustDocument(previous, text);
    return await parseTrustBundle(pem, { document: parsed });
  };
  const look = async (): Promise<string> =>
    JSON.stringify([await bundle.look(), (await document?.look()) ?? null]);

  // Looked at before it is read: a change in between is seen at the next look.
  let seen = await look();
  let current = await read(null);
  let refreshing: Promise<boolean> | null = null;

  const refresh = async (): Promise<boolean> => {
    try {
      const now = await look();
      if (now === seen) return false;
      seen = now;
      current = await read(current.document);
    } catch (error) {
      onRefused(error);
      return false;
    }
    for (const listener of listeners) listener();
    return true;
  };
  const refreshOnce = (): Promise<boolean> => {
    refreshing ??= refresh().finally(() => {
      refreshing = null;
    });
    return refreshing;
  };
  const timer = setInterval(() => void refreshOnce(), options.pollMs ?? POLL_MS);
  timer.unref();

  return {
    get current() {
      return current;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    refresh: refreshOnce,
    close() {
      clearInterval(timer);
      listeners.clear();
    },
  };
}

/** The text itself, or the file it is in. */
function toText(value: string, isText: boolean): { read(): Promise<string>; look(): Promise<string> } {
  if (isText) return { read: () => Promise.resolve(value), look: () => Promise.resolve("") };
  return {
    read: () => readFile(value, "utf8"),
    look: async () => {
      const { mtimeMs, ctimeMs, size, ino } = await stat(value);
      return [mtimeMs, ctimeMs, size, ino].join(":");
    },
  };
}
