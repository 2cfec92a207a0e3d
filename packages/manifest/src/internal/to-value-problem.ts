import type { ManifestProblemCode } from "../problems.ts";

/** Which rule of host names a value breaks; the pattern has refused it already. */
export function toHostProblem(value: unknown): {
  code: ManifestProblemCode;
  words?: Readonly<Record<string, string>>;
} {
  if (typeof value !== "string") return { code: "bad_host" };
  const host = value.replace(/^https:\/\//i, "");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(host)) return { code: "host_scheme" };
  if (/[/?#@\\]/.test(host)) return { code: "host_path" };
  if (host.startsWith("[") || /(?:^|\.)(?:\d+|0x[\da-f]+)\.?(?::\d+)?$/i.test(host) || /:.*:/.test(host)) {
    return { code: "host_address" };
  }
  const port = /:(\d{1,5})$/.exec(host)?.[1];
  if (port !== undefined) return { code: "host_port", words: { port } };
  if (host.includes("*")) return { code: "host_wildcard" };
  if (/[{}]/.test(host)) return { code: "host_placeholder" };
  return { code: /^[a-z0-9-]+$/i.test(host) ? "host_not_public" : "bad_host" };
}

/** Which rule of paths a value breaks; the pattern has refused it already. */
export function toPathProblem(
  value: unknown,
  { kind, keyword }: { readonly kind: "path" | "handler" | "bad_icon"; readonly keyword: string },
): ManifestProblemCode {
  if (typeof value !== "string") return kind === "bad_icon" ? "bad_icon" : "bad_handler";
  if (keyword === "maxLength") return "path_too_long";
  const segments = value.replaceAll(/%2e/gi, ".").split(/[/\\]|%2f|%5c/i);
  if (segments.includes("..")) return "path_traversal";
  if (kind !== "path") return kind === "handler" ? "bad_handler" : "bad_icon";
  if (value === "") return "path_empty";
  return /\s/.test(value) ? "path_whitespace" : "path_unsafe";
}
