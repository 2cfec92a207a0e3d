import { expect, test } from "vitest";
import { listPortalExtensions } from "./portal.ts";

const hash = (digit: string): string => `sha256:${digit.repeat(64)}`;
const anInstall = (registryId: string, changes: object = {}) => ({
  registryId,
  version: "1.0.0",
  contentHash: hash("a"),
  enabled: true,
  hasUi: true,
  ...changes,
});

const manifest = (hooks: object): string =>
  JSON.stringify({
    name: "notes",
    publisher: "acme-labs",
    version: "1.0.0",
    runtime: "wasm-js@1",
    ui: { type: "iframe", entry: "ui/index.html", hooks },
  });
const open = manifest({ appMenu: { label: "Notes" }, clientPortalMenu: { label: "Your notes" } });

test("clients get what is enabled, has a page and opts in, by the label meant for them", async () => {
  const manifests: Readonly<Record<string, string>> = {
    open,
    off: open,
    headless: open,
    staff: manifest({ appMenu: { label: "Notes" } }),
    old: "{}",
  };
  const registry = {
    installs: async (tenantId: string) =>
      tenantId !== "acme"
        ? []
        : [
            anInstall("staff"),
            anInstall("old"),
            anInstall("open", { contentHash: hash("b") }),
            anInstall("off", { enabled: false }),
            anInstall("headless", { hasUi: false }),
          ],
    releases: { manifest: async ({ extension }: { extension: string }) => manifests[extension]! },
  };
  expect(await listPortalExtensions(registry, "acme")).toEqual([
    { registryId: "open", label: "Your notes", contentHash: hash("b") },
  ]);
  expect(await listPortalExtensions(registry, "globex")).toEqual([]);
});
