import { describe, expect, it } from "vitest";
import { createUiPolicy } from "./content-security-policy.ts";

const version = { extensionId: "ext-1", hash: `sha256:${"0".repeat(64)}`, isOwnHost: false };

describe("createUiPolicy", () => {
  it("admits one version's directory and nothing beside it", () => {
    const policy = createUiPolicy({ publicBase: "https://ui.example/base/", frameAncestors: [] })(version);
    expect(policy).toContain(`script-src https://ui.example/base/ext-ui/ext-1/${version.hash}/;`);
    expect(policy).not.toContain("'self'");
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it("admits nothing in a refusal, and the origin when the base is unknown", () => {
    const policy = createUiPolicy({ frameAncestors: ["https://host.example"] });
    expect(policy(null)).toContain("script-src 'none';");
    expect(policy(version)).toContain("script-src 'self';");
    expect(policy(version)).toContain("frame-ancestors https://host.example;");
  });

  it.each([
    { frameAncestors: ["https://a.example; script-src *"] },
    { frameAncestors: [], publicBase: "https://a.example/;script-src" },
    { frameAncestors: [], publicBase: "https://a.example/x y" },
    { frameAncestors: [], publicBase: "https://a.example/x,y" },
    { frameAncestors: [], publicBase: "javascript:alert(1)" },
  ])("refuses what could break out of a directive: %j", (options) => {
    expect(() => createUiPolicy(options)).toThrow(TypeError);
  });
});
