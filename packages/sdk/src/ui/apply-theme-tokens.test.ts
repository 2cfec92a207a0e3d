import { expect, it } from "vitest";
import { applyThemeTokens, type ThemeTarget } from "./apply-theme-tokens.ts";

function root(): ThemeTarget & { styles: Map<string, string>; attributes: Map<string, string> } {
  const styles = new Map<string, string>();
  const attributes = new Map<string, string>();
  return {
    styles,
    attributes,
    style: {
      setProperty: (name, value) => styles.set(name, value),
      removeProperty: (name) => String(styles.delete(name)),
    },
    setAttribute: (name, value) => attributes.set(name, value),
  };
}

it("sets known variables, drops those the host took back, ignores the rest", () => {
  const target = root();
  applyThemeTokens({ "--alga-primary": "#123456", "--alga-radius": "4px", "--evil": "1" }, target);
  applyThemeTokens({ "--alga-primary": "#654321" }, target);
  expect([...target.styles]).toEqual([["--alga-primary", "#654321"]]);
  expect(target.attributes.size).toBe(0);
});

it.each([
  ["#ffffff", "light"],
  ["#fff", "light"],
  ["#0c0a18", "dark"],
  ["#0c0a18ff", "dark"],
  ["rgb(12, 10, 24)", "dark"],
  ["rgb(250 250 250 / 90%)", "light"],
])("takes %s for %s, for native controls too", (background, theme) => {
  const target = root();
  applyThemeTokens({ "--alga-bg": background }, target);
  expect([target.attributes.get("data-theme"), target.styles.get("color-scheme")]).toEqual([theme, theme]);
});

it.each(["canvas", "oklch(20% 0.1 280)", "#12"])("leaves the scheme alone for %s", (background) => {
  const target = root();
  applyThemeTokens({ "--alga-bg": background }, target);
  expect(target.attributes.has("data-theme")).toBe(false);
});
