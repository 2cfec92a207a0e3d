import { createHash } from "node:crypto";
import { functionsOfWit, type WitFunction } from "./functions-of-wit.ts";

/** An interface that the host application adds to the world. */
export interface HostInterface {
  /** As components import it, such as `acme:psa/tickets@1.0.0`. */
  readonly name: string;
  /** As the glue asks for it: without the version. */
  readonly glueName: string;
  /** WIT text, beginning with its `package`. */
  readonly wit: string;
  readonly functions: readonly WitFunction[];
}

/**
 * The interfaces of providers that are not the platform's.
 *
 * @throws {TypeError} when a WIT text is malformed, or two interfaces differ only in their version
 */
export function toHostInterfaces(
  providers: readonly { readonly interfaceName: string; readonly wit?: string | undefined }[],
): readonly HostInterface[] {
  const made = providers.flatMap(({ interfaceName: name, wit }): HostInterface[] =>
    wit === undefined
      ? []
      : [{ name, glueName: withoutVersion(name), wit, functions: functionsOfWit(wit, name) }],
  );
  if (new Set(made.map(({ glueName }) => glueName)).size < made.length)
    throw new TypeError("Two versions of one interface cannot be provided side by side.");
  return made;
}

/** An interface's name without its version. */
export function withoutVersion(interfaceName: string): string {
  return interfaceName.replace(/@.*$/, "");
}

/** Tells artifacts apart that were held to different interfaces; empty when there are none. */
export function digestOfHostInterfaces(interfaces: readonly HostInterface[]): string {
  if (interfaces.length === 0) return "";
  return createHash("sha256")
    .update(JSON.stringify(interfaces.map(({ name, wit }) => [name, wit])))
    .digest("hex");
}

const PACKAGE = /^(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*package\s+([^;\s]+)\s*;/;

/**
 * The text of a world `runner` that has everything of world `alga:extension/runner` and imports these besides.
 *
 * It is of a package of its own, so that interfaces may use the types of `alga:extension`; components look the same.
 */
export function extendWorld(
  platformWit: string,
  interfaces: readonly Pick<HostInterface, "name" | "wit">[],
): string {
  const imports = interfaces.map(({ name }) => `  import ${name};\n`).join("");
  const texts = new Set([platformWit, ...interfaces.map(({ wit }) => wit)]);
  const packages = Array.from(
    texts,
    (text) => `${text.replace(PACKAGE, (_, name: string) => `package ${name} {`)}\n}\n`,
  );
  return `package alga:host;\nworld runner {\n  include alga:extension/runner;\n${imports}}\n${packages.join("")}`;
}
