import { expect, it } from "vitest";
import { buildExtUiSrc } from "./ext-ui-src.ts";

const HASH = `sha256:${"ab".repeat(32)}`;

it("builds the contract's URL, parameters in order", () => {
  expect(
    buildExtUiSrc("ext/1", HASH, "/a b", { tenantId: "t&1", publicBase: "http://127.0.0.1:3001//" }),
  ).toBe(
    `http://127.0.0.1:3001/ext-ui/ext%2F1/sha256%3A${"ab".repeat(32)}/index.html?path=%2Fa+b&tenant=t%261&extensionId=ext%2F1`,
  );
  expect(buildExtUiSrc("e", HASH, "")).toBe(
    `/ext-ui/e/sha256%3A${"ab".repeat(32)}/index.html?path=%2F&extensionId=e`,
  );
});

it.each(["ab".repeat(32), `sha256:${"AB".repeat(32)}`, "sha256:", "latest"])(
  "refuses the hash %s",
  (hash) => {
    expect(() => buildExtUiSrc("e", hash, "/")).toThrow(TypeError);
  },
);
