import { describe, expect, it } from "vitest";
import { stylesCss, themeCss } from "../../scripts/build-css.ts";
import { applyThemeVars, modeOfColor } from "./applyThemeVars.ts";
import { TOKEN_NAMES, darkTokens, lightTokens, tokens, type TokenMap, type TokenName } from "./tokens.ts";

function luminance(hex: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(map: TokenMap, text: TokenName, surface: TokenName): number {
  const [a, b] = [luminance(map[`--alga-${text}`]), luminance(map[`--alga-${surface}`])];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const SURFACES = ["bg", "muted", "card-bg", "row-even", "row-odd", "row-hover"] as const;
const PAIRS: readonly (readonly [TokenName, TokenName])[] = [
  ...SURFACES.flatMap((surface) => [["fg", surface] as const, ["muted-fg", surface] as const]),
  ...(["bg", "card-bg"] as const).flatMap((surface) =>
    (["danger", "success", "warning", "primary-soft-fg"] as const).map((tone) => [tone, surface] as const),
  ),
  ["primary-foreground", "primary"],
  ["primary-soft-fg", "primary-soft"],
  ["primary-soft-fg", "primary-soft-hover"],
  ["secondary-foreground", "secondary"],
  ["accent-foreground", "accent"],
];

describe.each([
  ["light", lightTokens],
  ["dark", darkTokens],
] as const)("%s tokens", (_name, map) => {
  it("has exactly the 31 variables of the contract", () => {
    expect(Object.keys(map)).toEqual(TOKEN_NAMES.map((name) => `--alga-${name}`));
    expect(TOKEN_NAMES).toHaveLength(31);
  });

  it.each(PAIRS)("reaches AA for %s on %s", (text, surface) => {
    expect(contrast(map, text, surface)).toBeGreaterThanOrEqual(4.5);
  });
});

describe("style sheets", () => {
  it("puts both themes into theme.css", () => {
    const css = themeCss();
    for (const [name, value] of [...Object.entries(lightTokens), ...Object.entries(darkTokens)]) {
      expect(css).toContain(`${name}: ${value};`);
    }
  });

  it("uses only variables that exist", async () => {
    const css = await stylesCss();
    const known = new Set([...css.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
    const used = [...css.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name);
    const fromTheme = new Set<string | undefined>(Object.keys(lightTokens));
    const fromBaseUi = new Set<string | undefined>(["--available-height"]);
    expect(used.filter((name) => !known.has(name) && !fromTheme.has(name) && !fromBaseUi.has(name))).toEqual(
      [],
    );
    expect(css).not.toMatch(/url\(|@import/);
  });
});

describe("tokens", () => {
  it("maps camel case to variables", () => {
    expect(Object.keys(tokens)).toHaveLength(31);
    expect(tokens.primarySoftFg).toBe("var(--alga-primary-soft-fg)");
    expect(tokens.primary50).toBe("var(--alga-primary-50)");
  });
});

describe("applyThemeVars", () => {
  function fakeElement(): {
    element: HTMLElement;
    style: Map<string, string>;
    attributes: Map<string, string>;
  } {
    const [style, attributes] = [new Map<string, string>(), new Map<string, string>()];
    const element = {
      style: { setProperty: (name: string, value: string) => style.set(name, value) },
      setAttribute: (name: string, value: string) => attributes.set(name, value),
    } as unknown as HTMLElement;
    return { element, style, attributes };
  }

  it("takes keys with and without dashes and follows the background's mode", () => {
    const { element, style, attributes } = fakeElement();
    applyThemeVars({ "--alga-bg": "#0c0a18", "alga-fg": "#fff" }, element);
    expect(Object.fromEntries(style)).toEqual({ "--alga-bg": "#0c0a18", "--alga-fg": "#fff" });
    expect(attributes.get("data-theme")).toBe("dark");
  });

  it.each([
    { "--alga-bg": "url(https://evil.example/x)" },
    { "--alga-bg": "red; background: blue" },
    { "a b": "#fff" },
  ])("applies nothing when one variable is not a plain token: %j", (bad: Record<string, string>) => {
    const { element, style } = fakeElement();
    expect(() => applyThemeVars({ "--alga-fg": "#000", ...bad }, element)).toThrow(
      expect.objectContaining({ code: "invalid_theme_var" }),
    );
    expect(style.size).toBe(0);
  });

  it("takes every token of both themes", () => {
    const { element, style } = fakeElement();
    applyThemeVars(lightTokens, element);
    applyThemeVars(darkTokens, element);
    expect(Object.fromEntries(style)).toEqual(darkTokens);
  });

  it("knows a colour's mode only when it is written in hex", () => {
    expect([modeOfColor("#fff"), modeOfColor("#0c0a18"), modeOfColor("red")]).toEqual([
      "light",
      "dark",
      null,
    ]);
  });
});
