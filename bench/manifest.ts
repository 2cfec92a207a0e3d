/** `node bench/manifest.ts`: manifests per second, read whole and merely validated, beside ajv compiled at run time. */
import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parseManifest, toOpenApi, validateAgainst } from "@alga-ext/manifest";
import { median } from "./load.ts";

const ROUNDS = 5;
const ROUND_MS = 500;
const root = new URL("../", import.meta.url);

const text = await readFile(new URL("examples/extensions/agreements/manifest.json", root), "utf8");
const value: unknown = JSON.parse(text);
const schema = JSON.parse(
  await readFile(new URL("packages/manifest/schema/manifest.schema.json", root), "utf8"),
) as object;
const compiled = new Ajv2020({ allErrors: true, ownProperties: true, strict: false }).compile(schema);
// The generated validator is not exported: it is the inside of parseManifest.
const { validateSource } = (await import(
  new URL("packages/manifest/dist/validate.generated.js", root).href
)) as { validateSource: (data: unknown) => boolean };

const body = {
  title: "Support",
  status: "active",
  value: 1200,
  parties: Array.from({ length: 10 }, (_, id) => ({ id, name: `party ${id}` })),
};
const bodySchema = {
  type: "object",
  required: ["title", "status"],
  additionalProperties: false,
  properties: {
    title: { type: "string", minLength: 1, maxLength: 200 },
    status: { enum: ["draft", "active", "ended"] },
    value: { type: "number", minimum: 0 },
    parties: { type: "array", maxItems: 20, items: { $ref: "#/$defs/party" } },
  },
  $defs: {
    party: {
      type: "object",
      properties: { id: { type: "integer" }, name: { type: "string", pattern: "^[a-z]+ \\d+$" } },
    },
  },
} as const;
const compiledBody = new Ajv2020({ allErrors: true }).compile(bodySchema);
const { manifest } = parseManifest(value);

const works: readonly (readonly [name: string, work: () => unknown])[] = [
  ["ajv compiled at run time (needs eval)", () => compiled(value)],
  ["generated validator alone", () => validateSource(value)],
  ["parseManifest(object)", () => parseManifest(value)],
  ["parseManifest(text)", () => parseManifest(text)],
  ["JSON.parse(text) alone", () => JSON.parse(text) as unknown],
  ["toOpenApi", () => toOpenApi(manifest)],
  ["a request body: ajv compiled at run time", () => compiledBody(body)],
  ["a request body: validateAgainst", () => validateAgainst(bodySchema, body)],
];

function perSecond(work: () => unknown, ms: number): number {
  const started = performance.now();
  let done = 0;
  let elapsed = 0;
  while (elapsed < ms) {
    for (let index = 0; index < 200; index++) work();
    done += 200;
    elapsed = performance.now() - started;
  }
  return (done / elapsed) * 1000;
}

const measured = works.map((): number[] => []);
for (const [, work] of works) perSecond(work, ROUND_MS);
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, [, work]] of works.entries()) measured[index]?.push(perSecond(work, ROUND_MS));
}

process.stdout.write(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; the Agreements manifest (${text.length} characters), medians of ${ROUNDS} rounds of ${ROUND_MS} ms\n\n`,
);
process.stdout.write("work                                          per second   vs ajv\n");
const figures = measured.map((one) => median(one));
for (const [index, [name]] of works.entries()) {
  const figure = figures[index] ?? Number.NaN;
  const base = figures[name.startsWith("a request body") ? works.length - 2 : 0] ?? Number.NaN;
  process.stdout.write(
    `${name.padEnd(42)} ${Math.round(figure).toLocaleString("en-US").padStart(13)} ${`${(figure / base).toFixed(2)}x`.padStart(8)}\n`,
  );
}
