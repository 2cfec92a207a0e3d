import { expect, test } from "vitest";
import { GUEST_WASI, guestWit, restoreWasiNames } from "./guest-wit.ts";

test("the world holds the manifest's interfaces, a clock and random bytes, nothing else", () => {
  const wit = guestWit(["storage"]);
  const world = /^world runner \{([^}]*\{[^}]*\}[^}]*)\}/m.exec(wit)?.[1] ?? "";
  const imports = [...world.matchAll(/^ {2}import (.*);$/gm)].map((match) => match[1]);
  expect(imports.toSorted()).toEqual(["storage", GUEST_WASI.wallClock, GUEST_WASI.random].toSorted());
});

const utf8 = new TextEncoder();
const preamble = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
const section = (id: number, text: string): number[] => [id, text.length, ...utf8.encode(text)];

test("names are restored in import sections of the outermost component only", () => {
  const { wallClock, random } = GUEST_WASI;
  const component = Uint8Array.from([
    ...preamble,
    ...section(10, `${wallClock}|${random}`),
    ...section(0, wallClock),
    ...section(10, random),
  ]);
  restoreWasiNames(component);
  const text = new TextDecoder("latin1").decode(component);
  expect([...text.matchAll(/[wx]asi:[a-z]+/g)].map(([name]) => name)).toEqual([
    "wasi:clocks",
    "wasi:random",
    "xasi:clocks",
    "wasi:random",
  ]);
});
