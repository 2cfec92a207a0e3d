import type { HostInterface } from "./host-interfaces.ts";

/** What cells give inert functions for, in every release of WASI 0.2: these did not change between them. */
const WASI_WIT = `package wasi:io;
interface error { resource error { to-debug-string: func() -> string; } }
interface poll {
  resource pollable { ready: func() -> bool; block: func(); }
  poll: func(in: list<borrow<pollable>>) -> list<u32>;
}
interface streams {
  use error.{error};
  use poll.{pollable};
  variant stream-error { last-operation-failed(error), closed }
  resource input-stream {
    read: func(len: u64) -> result<list<u8>, stream-error>;
    blocking-read: func(len: u64) -> result<list<u8>, stream-error>;
    skip: func(len: u64) -> result<u64, stream-error>;
    blocking-skip: func(len: u64) -> result<u64, stream-error>;
    subscribe: func() -> pollable;
  }
  resource output-stream {
    check-write: func() -> result<u64, stream-error>;
    write: func(contents: list<u8>) -> result<_, stream-error>;
    blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
    flush: func() -> result<_, stream-error>;
    blocking-flush: func() -> result<_, stream-error>;
    subscribe: func() -> pollable;
    write-zeroes: func(len: u64) -> result<_, stream-error>;
    blocking-write-zeroes-and-flush: func(len: u64) -> result<_, stream-error>;
    splice: func(src: borrow<input-stream>, len: u64) -> result<u64, stream-error>;
    blocking-splice: func(src: borrow<input-stream>, len: u64) -> result<u64, stream-error>;
  }
}
package wasi:clocks;
interface monotonic-clock {
  use wasi:io/poll.{pollable};
  type instant = u64;
  type duration = u64;
  now: func() -> instant;
  resolution: func() -> duration;
  subscribe-instant: func(when: instant) -> pollable;
  subscribe-duration: func(when: duration) -> pollable;
}
interface wall-clock {
  record datetime { seconds: u64, nanoseconds: u32 }
  now: func() -> datetime;
  resolution: func() -> datetime;
}
package wasi:random;
interface random { get-random-bytes: func(len: u64) -> list<u8>; get-random-u64: func() -> u64; }
interface insecure {
  get-insecure-random-bytes: func(len: u64) -> list<u8>;
  get-insecure-random-u64: func() -> u64;
}
interface insecure-seed { insecure-seed: func() -> tuple<u64, u64>; }
package wasi:cli;
interface environment {
  get-environment: func() -> list<tuple<string, string>>;
  get-arguments: func() -> list<string>;
  initial-cwd: func() -> option<string>;
}
interface exit { exit: func(status: result); }
interface stdin { use wasi:io/streams.{input-stream}; get-stdin: func() -> input-stream; }
interface stdout { use wasi:io/streams.{output-stream}; get-stdout: func() -> output-stream; }
interface stderr { use wasi:io/streams.{output-stream}; get-stderr: func() -> output-stream; }
interface terminal-input { resource terminal-input; }
interface terminal-output { resource terminal-output; }
interface terminal-stdin { use terminal-input.{terminal-input}; get-terminal-stdin: func() -> option<terminal-input>; }
interface terminal-stdout { use terminal-output.{terminal-output}; get-terminal-stdout: func() -> option<terminal-output>; }
interface terminal-stderr { use terminal-output.{terminal-output}; get-terminal-stderr: func() -> option<terminal-output>; }
`;

/** The pinned interfaces of every release of WASI that these imports name. */
export function pinnedWasi(imports: readonly string[]): readonly Pick<HostInterface, "name" | "wit">[] {
  const releases = new Set(imports.flatMap((name) => /^wasi:[^@]+@(.+)$/.exec(name)?.[1] ?? []));
  return [...releases].flatMap((release) =>
    WASI_WIT.split(/(?=^package )/m).flatMap((text) => {
      const [, pkg = ""] = /^package ([a-z:]+);/.exec(text) ?? [];
      const wit = text
        .replace(/^package [a-z:]+/, `$&@${release}`)
        .replaceAll(/use (wasi:[a-z:/]+)/g, `use $1@${release}`);
      return Array.from(text.matchAll(/^interface ([a-z-]+)/gm), ([, name = ""]) => ({
        name: `${pkg}/${name}@${release}`,
        wit,
      }));
    }),
  );
}
