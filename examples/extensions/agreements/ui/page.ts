/** A page of the extension. */
export type Page =
  | { readonly name: "list" }
  | { readonly name: "new" }
  | { readonly name: "detail" | "edit"; readonly id: string }
  | { readonly name: "unknown" };

/** What a path shows. */
export function toPage(path: string): Page {
  const [pathname = "/"] = path.split(/[?#]/);
  const segments = pathname.split("/").filter((segment) => segment !== "");
  const [first, id, action] = segments.map((segment) => decodeURIComponent(segment));
  if (first === undefined) return { name: "list" };
  if (first !== "agreements" || segments.length > 3) return { name: "unknown" };
  if (id === undefined) return { name: "list" };
  if (id === "new" && action === undefined) return { name: "new" };
  if (action === undefined) return { name: "detail", id };
  return action === "edit" ? { name: "edit", id } : { name: "unknown" };
}

/** Address of one agreement's page. */
export function agreementPath(id: string, action?: "edit"): string {
  return `/agreements/${encodeURIComponent(id)}${action === undefined ? "" : `/${action}`}`;
}
