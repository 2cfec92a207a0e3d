import { createHash } from "node:crypto";

/** A component made ready for cells: glue text and rewritten core modules. */
export interface Artifact {
  /** Function body text that leaves `instantiate` in scope. */
  readonly glue: string;
  readonly modules: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** Import names as the glue asks for them. */
  readonly imports: readonly string[];
  /** Functions of interfaces that the host adds, by the name that glue asks for. @default none */
  readonly hostFunctions?: readonly (readonly [name: string, functions: readonly string[]])[];
  /** Hard cap of each linear memory, in bytes. */
  readonly memoryCapBytes: number;
  /** Whether a snapshot reaches all state a call can change; otherwise every call gets a new instance. */
  readonly isRestorable: boolean;
}

const DIGEST_BYTES = 32;
const HEADER_LENGTH_BYTES = 4;

/** Serialise an artifact with its own digest in front. */
export function encodeArtifact(artifact: Artifact): Uint8Array {
  const glue = Buffer.from(artifact.glue);
  const header = Buffer.from(
    JSON.stringify({
      glueBytes: glue.length,
      modules: artifact.modules.map(({ name, bytes }) => ({ name, bytes: bytes.length })),
      imports: artifact.imports,
      hostFunctions: artifact.hostFunctions ?? [],
      memoryCapBytes: artifact.memoryCapBytes,
      isRestorable: artifact.isRestorable,
    }),
  );
  const length = Buffer.alloc(HEADER_LENGTH_BYTES);
  length.writeUInt32LE(header.length);
  const content = Buffer.concat([length, header, glue, ...artifact.modules.map(({ bytes }) => bytes)]);
  return Buffer.concat([createHash("sha256").update(content).digest(), content]);
}

/** Read what {@link encodeArtifact} wrote; null when it is torn, edited or not an artifact at all. */
export function decodeArtifact(stored: Uint8Array): Artifact | null {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  if (bytes.length < DIGEST_BYTES + HEADER_LENGTH_BYTES) return null;
  const content = bytes.subarray(DIGEST_BYTES);
  if (!createHash("sha256").update(content).digest().equals(bytes.subarray(0, DIGEST_BYTES))) return null;
  const headerEnd = HEADER_LENGTH_BYTES + content.readUInt32LE(0);
  const header = JSON.parse(content.subarray(HEADER_LENGTH_BYTES, headerEnd).toString("utf8")) as {
    glueBytes: number;
    modules: { name: string; bytes: number }[];
    imports: string[];
    hostFunctions: [string, string[]][];
    memoryCapBytes: number;
    isRestorable: boolean;
  };
  let offset = headerEnd;
  const next = (size: number) => content.subarray(offset, (offset += size));
  const glue = next(header.glueBytes).toString("utf8");
  const modules = header.modules.map(({ name, bytes: size }) => ({ name, bytes: next(size) }));
  const { imports, hostFunctions, memoryCapBytes, isRestorable } = header;
  return { glue, modules, imports, hostFunctions, memoryCapBytes, isRestorable };
}
