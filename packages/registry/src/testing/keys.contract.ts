import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { KeyProvider } from "../ports.ts";

/** A {@link KeyProvider} under test, and how to rotate behind it. */
export interface KeyProviderFixture {
  /** The same keys through a new adapter, as after a restart. */
  readonly open: () => KeyProvider;
  /** Make a new key-encryption key active; the ones before go on opening. */
  readonly rotate: () => Promise<void>;
  /** Take the keys away that are not active. */
  readonly dropOld: () => Promise<void>;
}

/** One sentence of the {@link KeyProvider} contract, to be run under any test runner. */
export interface KeyProviderCase {
  readonly name: string;
  readonly run: (fixture: KeyProviderFixture) => Promise<void>;
}

const CONTEXT = JSON.stringify(["acme", "kid-1"]);
const unreadable = { code: "secret_unreadable" };

/**
 * Every sentence an adapter must keep. Each case needs a fixture of its own.
 *
 * @example
 * for (const { name, run } of KEY_PROVIDER_CASES) test(name, async () => run(await newFixture()));
 */
export const KEY_PROVIDER_CASES: readonly KeyProviderCase[] = [
  {
    name: "what was wrapped opens, also after a restart",
    async run({ open }) {
      const dataKey = randomBytes(32);
      const copy = Uint8Array.from(dataKey);
      const wrapped = await open().wrap(dataKey, CONTEXT);
      assert.deepEqual(Uint8Array.from(dataKey), copy);
      assert.deepEqual(Uint8Array.from(await open().unwrap(wrapped, CONTEXT)), copy);
    },
  },
  {
    name: "wrapping twice gives different text of one key id, and neither shows the key",
    async run({ open }) {
      const dataKey = randomBytes(32);
      const [one, two] = [await open().wrap(dataKey, CONTEXT), await open().wrap(dataKey, CONTEXT)];
      assert.notEqual(one.wrapped, two.wrapped);
      assert.equal(one.keyId, two.keyId);
      for (const encoding of ["hex", "base64", "latin1"] as const) {
        assert.ok(!Buffer.from(JSON.stringify(one)).toString("utf8").includes(dataKey.toString(encoding)));
      }
    },
  },
  {
    name: "it opens under the same context only, also after rewrapping",
    async run({ open, rotate }) {
      const keys = open();
      const wrapped = await keys.wrap(randomBytes(32), CONTEXT);
      await assert.rejects(keys.unwrap(wrapped, JSON.stringify(["globex", "kid-1"])), unreadable);
      await assert.rejects(keys.unwrap(wrapped, ""), unreadable);
      await rotate();
      const again = await keys.rewrap(wrapped, CONTEXT);
      await assert.rejects(keys.unwrap(again, JSON.stringify(["globex", "kid-1"])), unreadable);
    },
  },
  {
    name: "altered, shortened and foreign text does not open",
    async run({ open }) {
      const keys = open();
      const wrapped = await keys.wrap(randomBytes(32), CONTEXT);
      const middle = Math.floor(wrapped.wrapped.length / 2);
      const flipped = wrapped.wrapped[middle] === "A" ? "B" : "A";
      const altered = wrapped.wrapped.slice(0, middle) + flipped + wrapped.wrapped.slice(middle + 1);
      for (const text of [altered, wrapped.wrapped.slice(0, -8), "", "AAAA", "\0"]) {
        await assert.rejects(keys.unwrap({ ...wrapped, wrapped: text }, CONTEXT), unreadable);
        await assert.rejects(keys.rewrap({ ...wrapped, wrapped: text }, CONTEXT), unreadable);
      }
      await assert.rejects(keys.unwrap({ ...wrapped, keyId: "another" }, CONTEXT), unreadable);
    },
  },
  {
    name: "rewrapping under the active key changes nothing",
    async run({ open }) {
      const wrapped = await open().wrap(randomBytes(32), CONTEXT);
      assert.deepEqual(await open().rewrap(wrapped, CONTEXT), wrapped);
    },
  },
  {
    name: "after a rotation the old opens, the new wraps, and what was rewrapped outlives the old",
    async run({ open, rotate, dropOld }) {
      const keys = open();
      const dataKey = randomBytes(32);
      const before = await keys.wrap(dataKey, CONTEXT);
      const left = await keys.wrap(dataKey, CONTEXT);
      await rotate();
      assert.deepEqual(Uint8Array.from(await keys.unwrap(before, CONTEXT)), Uint8Array.from(dataKey));
      const after = await keys.wrap(dataKey, CONTEXT);
      assert.notEqual(after.keyId, before.keyId);
      const again = await keys.rewrap(before, CONTEXT);
      assert.equal(again.keyId, after.keyId);
      await dropOld();
      for (const wrapped of [after, again]) {
        assert.deepEqual(Uint8Array.from(await keys.unwrap(wrapped, CONTEXT)), Uint8Array.from(dataKey));
      }
      await assert.rejects(keys.unwrap(left, CONTEXT), unreadable);
    },
  },
];
