import type { Manifest } from "@alga-ext/manifest";
import { sha256Hex } from "../digest.ts";

/** Where the SBOM lies in an archive. */
export const SBOM_PATH = "sbom.cdx.json";

/** A third-party package that was built into an extension. */
export interface SbomComponent {
  /** npm name with its scope, or any name when `purl` is given. */
  readonly name: string;
  readonly version: string;
  /** SPDX licence expression, such as `MIT` or `MIT OR Apache-2.0`. */
  readonly license?: string;
  /** Package URL. @default that of the npm package of this name */
  readonly purl?: string;
}

/** RFC 3986 unreserved characters stay as they are in a package URL. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);

/**
 * A CycloneDX 1.6 document in JSON about one extension: the same components give the same text in any order, without
 * a time, and with a serial number that is derived from the content.
 */
export async function toSbom(
  manifest: Pick<Manifest, "name" | "publisher" | "version">,
  components: readonly SbomComponent[],
): Promise<string> {
  const root = `${manifest.publisher}/${manifest.name}@${manifest.version}`;
  const libraries = new Map(components.map((component) => [toPurl(component), component]));
  const purls = [...libraries.keys()].sort();
  const body = {
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": root,
        group: manifest.publisher,
        name: manifest.name,
        version: manifest.version,
      },
    },
    components: purls.map((purl) => toLibrary(purl, libraries.get(purl)!)),
    dependencies: [{ ref: root, dependsOn: purls }, ...purls.map((ref) => ({ ref }))],
  };
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${toUuid(await sha256Hex(new TextEncoder().encode(JSON.stringify(body))))}`,
    ...body,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function toPurl({ name, version, purl }: SbomComponent): string {
  if (name === "" || version === "") throw new TypeError("An SBOM component needs a name and a version.");
  return purl ?? `pkg:npm/${name.split("/").map(encode).join("/")}@${encode(version)}`;
}

function toLibrary(purl: string, { name, version, license }: SbomComponent): Record<string, unknown> {
  const scoped = /^(@[^/]+)\/(.+)$/.exec(name);
  return {
    type: "library",
    "bom-ref": purl,
    ...(scoped === null ? { name } : { group: scoped[1], name: scoped[2] }),
    version,
    ...(license === undefined ? {} : { licenses: [toLicense(license)] }),
    purl,
  };
}

const SPDX = /^\(*[A-Za-z0-9.+-]+\)*(?: (?:AND|OR|WITH) \(*[A-Za-z0-9.+-]+\)*)*$/;

/** npm also knows `UNLICENSED` and `SEE LICENSE IN …`, which are no SPDX expressions. */
function toLicense(license: string): Record<string, unknown> {
  return SPDX.test(license) && license !== "UNLICENSED"
    ? { expression: license }
    : { license: { name: license } };
}

/** A version 8 UUID (RFC 9562): its bits are the first ones of a digest. */
function toUuid(hex: string): string {
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...parts, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}
