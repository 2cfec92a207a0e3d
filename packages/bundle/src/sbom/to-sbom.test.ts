import { describe, expect, test } from "vitest";
import { pack } from "../node/pack.ts";
import { readBundle } from "../node/read-bundle.ts";
import { FILES } from "../../test-support/bundle-files.ts";
import { codeOf } from "../../test-support/refusal.ts";
import { SBOM_PATH, toSbom, type SbomComponent } from "./to-sbom.ts";

const MANIFEST = { name: "agreements", publisher: "acme-labs", version: "0.1.0" };
const COMPONENTS: SbomComponent[] = [
  { name: "react", version: "19.3.0", license: "MIT" },
  { name: "@alga-ext/sdk", version: "0.1.0", license: "Apache-2.0" },
  { name: "odd", version: "1.0.0+build.1", license: "SEE LICENSE IN LICENSE" },
  { name: "secret", version: "2.0.0", license: "UNLICENSED" },
  { name: "dual", version: "1.0.0-rc.1", license: "(MIT OR Apache-2.0)" },
  { name: "ring", version: "0.17.0", purl: "pkg:cargo/ring@0.17.0" },
];

/** The shape CycloneDX 1.6 documents for the members we write: required ones, patterns, and nothing else. */
interface Bom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly version: number;
  readonly metadata: { readonly component: Readonly<Record<string, string>> };
  readonly components: readonly Readonly<Record<string, unknown>>[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}
const parse = async (components: readonly SbomComponent[]): Promise<Bom> =>
  JSON.parse(await toSbom(MANIFEST, components)) as Bom;

describe("toSbom", () => {
  test("has the documented structure of CycloneDX 1.6", async () => {
    const bom = await parse(COMPONENTS);
    expect(Object.keys(bom)).toEqual([
      "$schema",
      "bomFormat",
      "specVersion",
      "serialNumber",
      "version",
      "metadata",
      "components",
      "dependencies",
    ]);
    expect(bom.bomFormat).toBe("CycloneDX");
    expect(bom.specVersion).toBe("1.6");
    expect(bom.serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(bom.version).toBe(1);
    expect(bom.metadata.component).toEqual({
      type: "application",
      "bom-ref": "acme-labs/agreements@0.1.0",
      group: "acme-labs",
      name: "agreements",
      version: "0.1.0",
    });
    for (const component of bom.components) {
      expect(component).toMatchObject({
        type: "library",
        name: expect.stringMatching(/./),
        version: expect.stringMatching(/./),
        purl: component["bom-ref"],
      });
      expect(component["purl"]).toMatch(/^pkg:[a-z]+\/(?:[\w.%~-]+\/)?[\w.%~-]+@[\w.%~-]+$/);
    }
    const refs = [bom.metadata.component["bom-ref"], ...bom.components.map((one) => one["bom-ref"])];
    expect(new Set(refs).size).toBe(refs.length);
    expect(bom.dependencies.map(({ ref }) => ref)).toEqual(refs);
    expect(bom.dependencies[0]?.dependsOn).toEqual(refs.slice(1));
  });

  test("names packages and licences as their documentation asks", async () => {
    const { components } = await parse(COMPONENTS);
    const of = (name: string): unknown => components.find((component) => component["name"] === name);
    expect(of("sdk")).toEqual({
      type: "library",
      "bom-ref": "pkg:npm/%40alga-ext/sdk@0.1.0",
      group: "@alga-ext",
      name: "sdk",
      version: "0.1.0",
      licenses: [{ expression: "Apache-2.0" }],
      purl: "pkg:npm/%40alga-ext/sdk@0.1.0",
    });
    expect(of("odd")).toMatchObject({
      purl: "pkg:npm/odd@1.0.0%2Bbuild.1",
      licenses: [{ license: { name: "SEE LICENSE IN LICENSE" } }],
    });
    expect(of("secret")).toMatchObject({ licenses: [{ license: { name: "UNLICENSED" } }] });
    expect(of("dual")).toMatchObject({ licenses: [{ expression: "(MIT OR Apache-2.0)" }] });
    expect(of("ring")).toMatchObject({ purl: "pkg:cargo/ring@0.17.0" });
  });

  test("is the same text in any order and with repetitions, and another for other components", async () => {
    const text = await toSbom(MANIFEST, COMPONENTS);
    expect(await toSbom(MANIFEST, [...COMPONENTS].reverse())).toBe(text);
    expect(await toSbom(MANIFEST, [...COMPONENTS, COMPONENTS[0]!])).toBe(text);
    const fewer = await parse(COMPONENTS.slice(1));
    expect(fewer.serialNumber).not.toBe((JSON.parse(text) as Bom).serialNumber);
  });

  test("an unnamed component is a mistake of the caller", async () => {
    await expect(toSbom(MANIFEST, [{ name: "", version: "1" }])).rejects.toThrow(TypeError);
  });
});

describe("pack with an SBOM", () => {
  test("writes it once, deterministically, into a canonical archive", async () => {
    const packed = await pack(FILES, { sbom: COMPONENTS });
    const again = await pack(Object.entries(FILES).reverse(), { sbom: [...COMPONENTS].reverse() });
    expect(again.contentHash).toBe(packed.contentHash);
    const bundle = await readBundle(packed.archive, { profile: "canonical" });
    expect([...bundle.files.keys()]).toEqual([...Object.keys(FILES), SBOM_PATH].sort());
    expect(new TextDecoder().decode(bundle.files.get(SBOM_PATH))).toBe(
      await toSbom(bundle.manifest, COMPONENTS),
    );
  });

  test("needs a manifest that parses, and no such file yet", async () => {
    const broken = { "manifest.json": new TextEncoder().encode("{}") };
    expect(await codeOf(() => pack(broken, { sbom: [] }))).toBe("invalid_manifest");
    const taken = { ...FILES, [SBOM_PATH]: new Uint8Array() };
    expect(await codeOf(() => pack(taken, { sbom: [] }))).toBe("duplicate_path");
  });
});
