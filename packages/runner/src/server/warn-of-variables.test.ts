import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MEANINGLESS, VARIABLES } from "./variables.ts";
import { warnOfVariables } from "./warn-of-variables.ts";

function warned(env: Record<string, string>): string[] {
  const names: string[] = [];
  warnOfVariables(env, { warn: (_message, fields) => void names.push(String(fields?.["variable"])) });
  return names;
}

describe("warnOfVariables", () => {
  it("says nothing of what is read, of strangers, and of what is empty", () => {
    const env = {
      PATH: "/bin",
      HOSTNAME: "pod",
      EXT_GATEWAY_TIMEOUT_MS: "1",
      NODE_OPTIONS: "",
      RUST_LOG: "",
    };
    expect(
      warned({ ...env, ...Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, "compat"])) }),
    ).toEqual([]);
  });

  it("names what older runners read", () => {
    expect(warned(Object.fromEntries(Object.keys(MEANINGLESS).map((name) => [name, "x"])))).toEqual(
      Object.keys(MEANINGLESS),
    );
  });

  it.each(["RUNNER_BUNDEL_DIR", "GATEWAY_PUBLC_KEY", "SIGNING_TRUST_BUNDLES", "RUNNER_PUBLIC_BASES"])(
    "takes %s for a slip",
    (name) => {
      expect(warned({ [name]: "x" })).toEqual([name]);
    },
  );

  it("says that a policy without its profile is none", () => {
    const policy = { EXT_UI_CONTENT_SECURITY_POLICY: "default-src 'self'" };
    expect(warned(policy)).toEqual(["EXT_UI_CONTENT_SECURITY_POLICY"]);
    expect(warned({ ...policy, EXT_UI_PROFILE: "compat" })).toEqual([]);
  });
});

it("the README tells of every variable", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const told = new Set([...readme.matchAll(/`([A-Z][A-Z0-9_]{3,})`/g)].map((match) => match[1]));
  expect([...Object.keys(VARIABLES), ...Object.keys(MEANINGLESS)].filter((name) => !told.has(name))).toEqual(
    [],
  );
});
