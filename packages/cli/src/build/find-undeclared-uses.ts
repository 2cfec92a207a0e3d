import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { CAPABILITIES } from "@alga-ext/manifest";
import type { WitInterface } from "@alga-ext/protocol/wit";
import { transform, type Loader } from "esbuild";

const LOADERS: Readonly<Record<string, Loader>> = { ".ts": "ts", ".mts": "ts", ".tsx": "tsx", ".jsx": "jsx" };
/** A call of a bare `fetch`, or of the global one by name; a method that is named so is none. */
const FETCH_CALL = /(?:(?<![\w$.#]|function |async )|\bglobalThis\.)fetch\((?![^()]*\)\{)/;
/** `fetch` as a name of the author's own: declared, imported, a parameter or taken out of an object. */
const OWN_FETCH = /\b(?:function|const|let|var|import)\s+fetch\b|[{,(:]fetch[},=)]|\bfetch=>/;

/**
 * What the author's files use and the guest will not have, one sentence each: host members without their capability,
 * and the `fetch` of browsers.
 *
 * Only what is written as `host.<member>` is found. A hint at build; the refusal is the host's, at the call.
 */
export async function findUndeclaredUses(
  projectDir: string,
  interfaces: readonly WitInterface[],
  files: readonly string[],
): Promise<string[]> {
  const sources = await Promise.all(files.map((file) => readPlain(join(projectDir, file))));
  const warnings: string[] = [];
  for (const { name, interfaces: needed } of CAPABILITIES) {
    if (needed.some((one) => interfaces.includes(one))) continue;
    for (const member of needed.map(toMember)) {
      const file = files.find((_, index) => new RegExp(`\\bhost\\??\\.${member}\\b`).test(sources[index]!));
      if (file === undefined) continue;
      warnings.push(
        `${file} uses host.${member}, but manifest.json does not declare ${name}: every such call will be refused.`,
      );
    }
  }
  const fetching = files.find((_, index) => {
    const source = sources[index]!;
    return FETCH_CALL.test(source) && !OWN_FETCH.test(source);
  });
  if (fetching !== undefined) {
    warnings.push(`${fetching} calls fetch, but there is no fetch in the guest; use host.http.fetch.`);
  }
  return warnings;
}

/** Source without types, comments and white space; nothing for inputs that are no files or no scripts. */
async function readPlain(path: string): Promise<string> {
  try {
    const source = await readFile(path, "utf8");
    const loader = LOADERS[extname(path)] ?? "js";
    const { code } = await transform(source, { loader, minifyWhitespace: true, legalComments: "none" });
    return code;
  } catch {
    return "";
  }
}

/** `ui-proxy` is `host.uiProxy`; both versions of `user` are `host.user`. */
function toMember(name: WitInterface): string {
  return name.replace(/-v\d+$/, "").replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
