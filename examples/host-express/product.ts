/** Stands for the Express app you already have: people of two tenants, a login, sessions, and one page. */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import express, { type Router } from "express";
import type { Principal } from "@alga-ext/protocol";

const PASSWORD = "demo-password";
const ADA: Principal = {
  tenantId: "acme",
  userId: "ada",
  userType: "internal",
  email: "ada@acme.test",
  name: "Ada Lindqvist",
  permissions: ["extension:read", "extension:write", "extension:manage"],
};
const PEOPLE = [
  ADA,
  { ...ADA, tenantId: "globex", userId: "grace", email: "grace@globex.test", name: "Grace Okafor" },
];
const PUBLISHER: Principal = {
  ...ADA,
  tenantId: "publishers",
  userId: "ci",
  userType: "service",
  permissions: ["extension:publish"],
};
const PAGES = fileURLToPath(new URL("public", import.meta.url));

/** What the system has to know about a product, and the product's own routes. */
export interface Product {
  /** The person or program behind a request, from the session or the API key; never reads the body. */
  readonly authenticate: (request: Request) => Promise<Principal | null>;
  readonly router: Router;
}

/** Create the product around the extensions. */
export function createProduct(options: {
  /** With this key in `x-api-key`, `alga-ext publish` may publish. */
  readonly apiKey: string;
  /** Origin of extensions' pages: nothing else can be in a frame. */
  readonly frameSource: string;
}): Product {
  const sessions = new Map<string, Principal>();
  const idOf = (cookies = ""): string => /(?:^|; )session=([\w-]+)/.exec(cookies)?.[1] ?? "";
  const page = readFileSync(`${PAGES}/index.html`, "utf8");
  // The one script in the page is the map from the bridge's names to its files; its digest admits it.
  const importMap = page.split(/<\/?script[^>]*>/)[1] ?? "";
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'sha256-${createHash("sha256").update(importMap).digest("base64")}'`,
    `frame-src ${options.frameSource}`,
    "frame-ancestors 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join("; ");

  const router = express.Router();
  router.use((_request, response, next) => {
    response.set({ "content-security-policy": policy, "x-content-type-options": "nosniff" });
    next();
  });
  router.get("/", ({ headers }, response) => {
    const who = sessions.get(idOf(headers.cookie));
    if (who === undefined) response.redirect(303, "/login");
    else response.set("cache-control", "no-store").send(fill(page, { ...who, frames: options.frameSource }));
  });
  router.get("/login", (_request, response) => response.sendFile(`${PAGES}/login.html`));
  router.post("/login", express.urlencoded(), ({ body }, response) => {
    const { email, password } = (body ?? {}) as { email?: unknown; password?: unknown };
    const who = PEOPLE.find((one) => one.email === email && password === PASSWORD);
    if (who === undefined) {
      response.redirect(303, "/login#refused");
      return;
    }
    const id = randomBytes(24).toString("base64url");
    sessions.set(id, who);
    response.cookie("session", id, { httpOnly: true, sameSite: "lax" }).redirect(303, "/");
  });
  router.post("/logout", ({ headers }, response) => {
    sessions.delete(idOf(headers.cookie));
    response.clearCookie("session").redirect(303, "/login");
  });
  router.use(express.static(PAGES, { index: false }));
  for (const name of ["iframe-bridge", "protocol", "ui-kit"]) {
    const files = fileURLToPath(new URL(".", import.meta.resolve(`@alga-ext/${name}`)));
    router.use(`/@alga-ext/${name}`, express.static(files));
  }
  return {
    router,
    async authenticate({ headers }) {
      if (headers.get("x-api-key") === options.apiKey) return PUBLISHER;
      return sessions.get(idOf(headers.get("cookie") ?? "")) ?? null;
    },
  };
}

/** Put values into a page, at `{{name}}`; all of them come from this file and from the environment. */
function fill(page: string, values: Readonly<Record<string, unknown>>): string {
  return page.replaceAll(/\{\{(\w+)\}\}/g, (_all, name: string) => String(values[name]));
}
