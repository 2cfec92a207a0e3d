import type { ContextHost } from "./context-host.ts";

/** Legacy components import WASI p2; everything here is inert: no files, no arguments, closed streams. */
export function createInertWasi(host: ContextHost): Record<string, Record<string, unknown>> {
  class Pollable {
    ready() {
      return true;
    }
    block() {}
  }
  class InputStream {
    read() {
      throw { payload: { tag: "closed" } };
    }
    blockingRead() {
      throw { payload: { tag: "closed" } };
    }
    skip() {
      throw { payload: { tag: "closed" } };
    }
    blockingSkip() {
      throw { payload: { tag: "closed" } };
    }
    subscribe() {
      return new Pollable();
    }
  }
  class OutputStream {
    checkWrite() {
      return BigInt(65_536);
    }
    write() {}
    blockingWriteAndFlush() {}
    writeZeroes() {}
    blockingWriteZeroesAndFlush() {}
    flush() {}
    blockingFlush() {}
    splice() {
      return BigInt(0);
    }
    blockingSplice() {
      return BigInt(0);
    }
    subscribe() {
      return new Pollable();
    }
  }
  class WasiError {
    toDebugString() {
      return "";
    }
  }
  // Never handed out, so they need no members.
  function TerminalInput(): void {}
  function TerminalOutput(): void {}
  const u64 = () => {
    const bytes = new Uint8Array(8);
    host.random(bytes);
    let value = BigInt(0);
    for (const byte of bytes) value = value * BigInt(256) + BigInt(byte);
    return value;
  };
  const getBytes = (length: bigint) => {
    const bytes = new Uint8Array(Number(length) > 65_536 ? 65_536 : Number(length));
    host.random(bytes);
    return bytes;
  };
  const nanos = () => BigInt(Math.floor(host.now())) * BigInt(1_000_000);
  const none = () => undefined;
  return {
    "wasi:cli/environment": { getEnvironment: () => [], getArguments: () => [], initialCwd: none },
    "wasi:cli/exit": {
      exit() {
        throw new Error("exit");
      },
    },
    "wasi:cli/stdin": { getStdin: () => new InputStream() },
    "wasi:cli/stdout": { getStdout: () => new OutputStream() },
    "wasi:cli/stderr": { getStderr: () => new OutputStream() },
    "wasi:cli/terminal-input": { TerminalInput },
    "wasi:cli/terminal-output": { TerminalOutput },
    "wasi:cli/terminal-stdin": { getTerminalStdin: none },
    "wasi:cli/terminal-stdout": { getTerminalStdout: none },
    "wasi:cli/terminal-stderr": { getTerminalStderr: none },
    "wasi:io/error": { Error: WasiError },
    "wasi:io/poll": {
      Pollable,
      poll: (list: unknown[]) => Uint32Array.from(list.map((_, index) => index)),
    },
    "wasi:io/streams": { InputStream, OutputStream },
    "wasi:clocks/monotonic-clock": {
      now: nanos,
      resolution: () => BigInt(1_000_000),
      subscribeDuration: () => new Pollable(),
      subscribeInstant: () => new Pollable(),
    },
    "wasi:clocks/wall-clock": {
      now: () => {
        // Milliseconds are enough for a date and too coarse for a timing attack.
        const ms = host.now();
        return { seconds: BigInt(Math.floor(ms / 1000)), nanoseconds: (ms % 1000) * 1_000_000 };
      },
      resolution: () => ({ seconds: BigInt(0), nanoseconds: 1_000_000 }),
    },
    "wasi:random/random": { getRandomBytes: getBytes, getRandomU64: u64 },
    "wasi:random/insecure": { getInsecureRandomBytes: getBytes, getInsecureRandomU64: u64 },
    "wasi:random/insecure-seed": { insecureSeed: () => [u64(), u64()] },
  };
}
