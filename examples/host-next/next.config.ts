import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

// The packages lie in the repository's root.
const root = fileURLToPath(new URL("../..", import.meta.url));

const config: NextConfig = {
  // Paths of extensions are passed on as they were asked for.
  skipTrailingSlashRedirect: true,
  poweredByHeader: false,
  turbopack: { root },
  outputFileTracingRoot: root,
};

export default config;
