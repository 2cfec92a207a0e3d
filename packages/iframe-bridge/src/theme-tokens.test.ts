import { expect, it } from "vitest";
import { THEME_TOKENS, toThemeTokens } from "./theme-tokens.ts";

it("knows 31 variables", () => {
  expect(new Set(THEME_TOKENS).size).toBe(31);
});

it("keeps known plain values and drops the rest", () => {
  expect(
    toThemeTokens({
      "--alga-bg": " #fff ",
      "--alga-ring": "0 0% 98%",
      "--alga-primary": "url(https://evil.example/x)",
      "--alga-fg": "red; background: blue",
      "--alga-muted": "",
      "--alga-danger": 7,
      "--other": "#000",
      __proto__: { "--alga-accent": "#123456" },
    }),
  ).toEqual({ "--alga-bg": "#fff", "--alga-ring": "0 0% 98%" });
  expect(toThemeTokens(null)).toEqual({});
});
