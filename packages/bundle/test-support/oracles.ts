import { Parser } from "tar";
import { extract } from "tar-stream";

/** What another reader makes of a tar: files by path, and everything it did not like. */
export interface Reading {
  readonly files: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

/** Bodies compare as Latin-1 text. */
export const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** Collects what a reader finds; a path that comes twice is a problem of its own. */
class Findings {
  readonly files: Record<string, string> = {};
  readonly problems: string[] = [];

  add(type: string, name: string, body: Uint8Array): void {
    if (/^directory$/i.test(type)) return;
    const path = name.startsWith("./") ? name.slice(2) : name;
    if (!/^(?:old)?file$/i.test(type)) this.problems.push(`${type} ${path}`);
    if (path in this.files) this.problems.push(`twice: ${path}`);
    this.files[path] = toText(body);
  }
}

/** node-tar, every warning an error, so that it has read everything there is. */
export function readWithNodeTar(tar: Uint8Array): Reading {
  const findings = new Findings();
  const parser = new Parser({
    strict: true,
    onReadEntry: (found) => {
      const chunks: Uint8Array[] = [];
      found.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      found.on("end", () => findings.add(found.type, found.path, Buffer.concat(chunks)));
    },
  });
  parser.on("error", (error: unknown) => findings.problems.push(String(error)));
  parser.end(Buffer.from(tar));
  return findings;
}

/** tar-stream, which also reads on after the end of an archive. */
export async function readWithTarStream(tar: Uint8Array): Promise<Reading> {
  const findings = new Findings();
  const stream = extract();
  stream.end(Buffer.from(tar));
  try {
    for await (const entry of stream) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(chunk);
      findings.add(entry.header.type ?? "none", entry.header.name, Buffer.concat(chunks));
    }
  } catch (error) {
    findings.problems.push(String(error));
  }
  return findings;
}
