/**
 * Parse many mutated manifests and check what must hold for any of them: `node packages/manifest/scripts/fuzz.ts N [seed]`.
 * Prints the case that fails, which its seed makes again.
 */
import { isDeepStrictEqual } from "node:util";
import {
  compileEndpoints,
  consentItems,
  diffManifests,
  MANIFEST_PROBLEMS,
  ManifestError,
  manifestInterfaces,
  parseManifest,
  resolveEgress,
  toOpenApi,
  validateAgainst,
  type Manifest,
  type ManifestProblem,
} from "../src/index.ts";
import { FULL_MANIFEST } from "./full-manifest.ts";
import { CHANGED_SETTINGS, REFUSED, WARNED } from "./samples.ts";

/** How many cases were accepted and refused, and how long the slowest took. */
export interface FuzzResult {
  readonly accepted: number;
  readonly refused: number;
  readonly slowestMs: number;
  /** How often each code was met. */
  readonly codes: ReadonlyMap<string, number>;
}

type Random = () => number;
type Holder = Record<string, unknown>;

const SEEDS: readonly unknown[] = [
  ...Array.from({ length: 200 }, () => FULL_MANIFEST),
  ...[...REFUSED, ...WARNED, ...WARNED, ...WARNED, ...CHANGED_SETTINGS]
    .map(([, , input]) => safeText(input))
    .filter((text) => text !== null && text.length < 20_000)
    .map((text): unknown => JSON.parse(text ?? "null")),
];

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  65_536,
  9e15,
  "",
  " ",
  "..",
  "../x",
  "/a/../b",
  "a b",
  "%2e%2e",
  "\u0000",
  "\u202e",
  "\ud800",
  "{region}",
  "{api_key}.vendor.example",
  "{nobody}.vendor.example",
  "*.com",
  "*",
  "127.0.0.1",
  "https://a.example",
  "constructor",
  "__proto__",
  "1.0.*",
  "cap:log",
  "storage.kv",
  "POST /sync",
  "GET /:x",
  "* * * * *",
  "0 0 1 1 1",
  "#/$defs/party",
  "#",
  "(a+)+$",
  "(?=a)",
  "^[a-z]+(-[a-z]+)*$",
  "x".repeat(300),
  [],
  {},
  [null],
  { $ref: "#/$defs/a" },
  { type: "object" },
  { type: "string", secret: true },
  { oneOf: [{ const: 1 }] },
  [{ key: "a", type: "select", options: ["x"] }],
  { topic: "t" },
  { label: "L" },
  { id: "a", label: "L", target: "t" },
];
const KEYS = [
  "name",
  "version",
  "type",
  "properties",
  "required",
  "$ref",
  "$defs",
  "pattern",
  "secret",
  "default",
  "endpoint",
  "host",
  "ports",
  "cron",
  "hooks",
  "tabs",
  "settings",
  "events",
  "schedules",
  "request",
  "response",
  "__proto__",
  "constructor",
  "toString",
  "x-note",
  "items",
  "allOf",
  "if",
  "enum",
  "entry",
];

/** Run the cases of a seed; throws at the first that breaks a promise. */
export function fuzz(cases: number, seed: number): FuzzResult {
  const codes = new Map<string, number>();
  let accepted = 0;
  let slowestMs = 0;
  for (let index = 0; index < cases; index++) {
    const random = mulberry32(seed + index);
    const input = makeCase(random);
    try {
      const started = performance.now();
      const found = checkCase(input);
      slowestMs = Math.max(slowestMs, performance.now() - started);
      if (found.isAccepted) accepted++;
      for (const code of found.codes) codes.set(code, (codes.get(code) ?? 0) + 1);
    } catch (cause) {
      throw new Error(`Seed ${seed + index} breaks a promise: ${safeText(input) ?? "no JSON"}`, { cause });
    }
  }
  return { accepted, refused: cases - accepted, slowestMs, codes };
}

function makeCase(random: Random): unknown {
  const value = structuredClone(pick(SEEDS, random)) as unknown;
  const times = Math.floor(random() ** 2 * 6);
  let root = value;
  for (let round = 0; round < times; round++) root = mutate(root, random);
  if (random() < 0.5) return root;
  const text = JSON.stringify(root, null, random() < 0.5 ? 2 : 0);
  if (random() < 0.6) return text;
  const at = Math.floor(random() * text.length);
  const piece = pick(["", ",", ":", "{", "}", "[", "]", '"', "\\", "0", "e9", " ", "\n", "null"], random);
  return text.slice(0, at) + piece + text.slice(at + Math.floor(random() * 3));
}

function mutate(root: unknown, random: Random): unknown {
  const holders: Holder[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    holders.push(value as Holder);
    for (const member of Object.values(value)) collect(member);
  };
  collect(root);
  if (holders.length === 0) return structuredClone(pick(SEEDS, random));
  const holder = pick(holders, random);
  const key = pick(Object.keys(holder), random) ?? "x";
  const set = (name: string, value: unknown): void => {
    Object.defineProperty(holder, name, { value, enumerable: true, writable: true, configurable: true });
  };
  const action = random();
  if (action < 0.25) set(key, structuredClone(pick(VALUES, random)));
  else if (action < 0.4) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  } else if (action < 0.5 && Array.isArray(holder))
    holder.push(structuredClone(pick(holder, random) ?? null));
  else if (action < 0.6 && !Array.isArray(holder)) {
    set(misspell(key, random), holder[key]);
    delete holder[key];
  } else if (action < 0.7 && !Array.isArray(holder))
    set(pick(KEYS, random), structuredClone(pick(VALUES, random)));
  else if (action < 0.8) set(key, structuredClone(pick(holders, random)));
  else if (typeof holder[key] === "string") set(key, edit(holder[key], random));
  else if (typeof holder[key] === "number") set(key, holder[key] * pick([-1, 0, 2, 1e9, 0.1], random) || 0);
  // What grows without end only shows limits that have samples of their own.
  return JSON.stringify(root).length > 60_000 ? structuredClone(FULL_MANIFEST) : root;
}

function edit(text: string, random: Random): string {
  const at = Math.floor(random() * (text.length + 1));
  const piece = pick(
    ["", "..", " ", "/", ":", "*", "{a}", "A", "\\", ".", "\t", "%2f", "(", "+", "é"],
    random,
  );
  return text.slice(0, at) + piece + text.slice(at + Math.floor(random() * 2));
}

function misspell(key: string, random: Random): string {
  const at = Math.floor(random() * key.length);
  return random() < 0.5
    ? key.slice(0, at) + key.slice(at + 1)
    : key.slice(0, at) + key.charAt(at) + key.slice(at);
}

function checkCase(input: unknown): { isAccepted: boolean; codes: readonly string[] } {
  const outcome = outcomeOf(input);
  if (typeof input !== "string") {
    const text = JSON.stringify(input);
    const asText = outcomeOf(text);
    // Half a character may stand in a value, and a text writes it as an escape: both read alike.
    assert(isDeepStrictEqual([...outcome.codes].sort(), [...asText.codes].sort()), "text and value differ");
    if (outcome.manifest !== null)
      assert(isDeepStrictEqual(outcome.manifest, asText.manifest), "forms differ");
  }
  if (outcome.manifest !== null) checkManifest(outcome.manifest);
  return { isAccepted: outcome.manifest !== null, codes: outcome.codes };
}

function outcomeOf(input: unknown): { manifest: Manifest | null; codes: readonly string[] } {
  try {
    const { manifest, warnings } = parseManifest(input);
    return { manifest, codes: warnings.map(({ code }) => code) };
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    const problems = error.details["problems"] as unknown as readonly ManifestProblem[];
    assert(problems.length > 0, "refused without a reason");
    for (const { code, message, line, column } of problems) {
      assert(Object.hasOwn(MANIFEST_PROBLEMS, code), `unknown code ${code}`);
      assert(!/\bundefined\b|\[object/.test(message.replaceAll(/"(?:[^"\\]|\\.)*"/g, "")), message);
      if (typeof input !== "string") continue;
      const lines = input.split("\n");
      assert(line !== undefined && line >= 1 && line <= lines.length, "no such line");
      assert(
        column !== undefined && column >= 1 && column <= (lines[line - 1] ?? "").length + 1,
        "no such column",
      );
    }
    return { manifest: null, codes: problems.map(({ code }) => code) };
  }
}

function checkManifest(manifest: Manifest): void {
  assert(isDeepStrictEqual(parseManifest(manifest.raw).manifest, manifest), "reads differently again");
  assert(
    isDeepStrictEqual(
      JSON.parse(JSON.stringify(manifest)),
      JSON.parse(JSON.stringify(parseManifest(JSON.stringify(manifest.raw)).manifest)),
    ),
    "is not JSON",
  );
  const match = compileEndpoints(manifest.endpoints);
  for (const { method, path } of manifest.endpoints) {
    assert(path.startsWith("/") && !path.split("/").includes(".."), "unsafe path");
    assert(match(method, path) !== null, "an endpoint does not match itself");
  }
  for (const { host } of manifest.egress) assert(/^(?:\*\.)?[a-zA-Z0-9{}_.-]+$/.test(host), "strange host");
  const diff = diffManifests(manifest, manifest);
  assert(diff.semver === "none" && !diff.asksForMore, "differs from itself");
  const { paths } = toOpenApi(manifest);
  assert(
    Object.keys(paths).every((path) => path.startsWith("/")),
    "strange path",
  );
  assert(consentItems(manifest).length > 0 && manifestInterfaces(manifest).length > 0, "no consent");
  if (manifest.settings !== null) {
    const errors = validateAgainst(manifest.settings, { region: "eu", api_key: 1 });
    assert(
      errors.every(({ code }) => code !== "bad_schema"),
      "a bad schema was accepted",
    );
  }
  for (const { request, response } of manifest.endpoints) {
    for (const schema of [request, response]) {
      if (schema === undefined) continue;
      for (const value of [null, "aaaa", 7, [1, { a: [] }], FULL_MANIFEST]) {
        const errors = validateAgainst(schema, value);
        assert(
          errors.every(({ code }) => code !== "bad_schema" && code !== "too_complex"),
          "a bad schema was accepted",
        );
      }
    }
  }
  for (const resolved of resolveEgress(manifest, { region: "eu", a: "x", days: "y" })) {
    assert(!/[{}]/.test(resolved) && !resolved.includes(".."), "an unresolved host");
  }
}

function assert(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

function pick<Item>(list: readonly Item[], random: Random): Item {
  return list[Math.floor(random() * list.length)] as Item;
}

function safeText(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
}

// A small generator whose every seed gives its own sequence.
function mulberry32(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

if (import.meta.main) {
  const cases = Number(process.argv[2] ?? 10_000);
  const seed = Number(process.argv[3] ?? 1);
  const started = performance.now();
  const { accepted, refused, slowestMs, codes } = fuzz(cases, seed);
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(
    `${cases} cases from seed ${seed} in ${seconds.toFixed(1)} s: ${accepted} accepted, ${refused} refused, slowest ${slowestMs.toFixed(1)} ms\n`,
  );
  const missing = Object.keys(MANIFEST_PROBLEMS).filter((code) => !codes.has(code));
  process.stdout.write(`${codes.size} codes met; problems never met: ${missing.join(", ") || "none"}\n`);
}
