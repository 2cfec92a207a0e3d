import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

const root = fileURLToPath(new URL("../..", import.meta.url));

const config: NextConfig = {
  // They read files beside them and start no process here: Node loads them, the bundler leaves them alone.
  serverExternalPackages: [
    "@alga-ext/bundle",
    "@alga-ext/gateway",
    "@alga-ext/registry",
    "@electric-sql/pglite",
    "kysely",
  ],
  // A path of an extension is passed on as it was asked for.
  skipTrailingSlashRedirect: true,
  poweredByHeader: false,
  // The packages lie in the repository's root.
  turbopack: { root },
  outputFileTracingRoot: root,
};

export default config;
