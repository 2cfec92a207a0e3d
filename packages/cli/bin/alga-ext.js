#!/usr/bin/env node
// Not built from anything, so that npm finds and links it in a fresh clone too, before the first build.
try {
  await import("../dist/bin.js");
} catch (error) {
  if (error?.code !== "ERR_MODULE_NOT_FOUND" || !String(error.message).includes("dist/bin.js")) throw error;
  process.stderr.write("error: this clone is not built yet: run npm run build in its root first.\n");
  process.exitCode = 1;
}
