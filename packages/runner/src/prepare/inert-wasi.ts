/**
 * Stands in for the transpiler's WASI shim when `scripts/bundle.ts` bundles it: nothing to read, nothing to write.
 */
import { webcrypto } from "node:crypto";

class OutputStream {
  checkWrite(): bigint {
    return 65_536n;
  }
  write(): void {}
  blockingWriteAndFlush(): void {}
  blockingFlush(): void {}
  flush(): void {}
}
// Never instantiated by the transpiler; it only needs the names.
function InputStream(): void {}
function TerminalInput(): void {}
function TerminalOutput(): void {}
function Descriptor(): void {}
function DirectoryEntryStream(): void {}
class WasiError extends Error {}

/** `wasi:cli/environment`. */
export const environment = { getEnvironment: () => [], getArguments: () => [], initialCwd: () => undefined };
/** `wasi:cli/exit`. */
export const exit = {
  exit: () => {
    throw new Error("the transpiler asked to exit");
  },
};
/** `wasi:cli/stdin`. */
export const stdin = { InputStream, getStdin: () => undefined };
/** `wasi:cli/stdout`. */
export const stdout = { OutputStream, getStdout: () => new OutputStream() };
/** `wasi:cli/stderr`. */
export const stderr = { OutputStream, getStderr: () => new OutputStream() };
/** `wasi:cli/terminal-input`. */
export const terminalInput = { TerminalInput };
/** `wasi:cli/terminal-output`. */
export const terminalOutput = { TerminalOutput };
/** `wasi:cli/terminal-stdin`. */
export const terminalStdin = { getTerminalStdin: () => undefined };
/** `wasi:cli/terminal-stdout`. */
export const terminalStdout = { getTerminalStdout: () => undefined };
/** `wasi:cli/terminal-stderr`. */
export const terminalStderr = { getTerminalStderr: () => undefined };
/** `wasi:filesystem/preopens`. */
export const preopens = { getDirectories: () => [] };
/** `wasi:filesystem/types`. */
export const types = { Descriptor, DirectoryEntryStream, filesystemErrorCode: () => undefined };
/** `wasi:io/error`. */
export const error = { Error: WasiError };
/** `wasi:io/streams`. */
export const streams = { InputStream, OutputStream };
/** `wasi:random/random`. */
export const random = {
  getRandomBytes: (length: bigint) => webcrypto.getRandomValues(new Uint8Array(Number(length))),
};
/** `wasi:clocks/wall-clock`. */
export const wallClock = {
  now: () => ({ seconds: 0n, nanoseconds: 0 }),
  resolution: () => ({ seconds: 1n, nanoseconds: 0 }),
};
