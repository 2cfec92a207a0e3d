/** Write `dist/theme.css` from the tokens and `dist/styles.css` from the components' style sheets, with types. */
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { darkTokens, lightTokens, type TokenMap } from "../src/theme/tokens.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

function block(selector: string, scheme: string, map: TokenMap): string {
  const lines = Object.entries(map).map(([name, value]) => `  ${name}: ${value};`);
  return `${selector} {\n  color-scheme: ${scheme};\n${lines.join("\n")}\n}\n`;
}

/** The theme sheet: light on `:root`, dark by attribute or system preference, system colours when forced. */
export function themeCss(): string {
  const indented = block(":root:not([data-theme])", "dark", darkTokens).replaceAll(/^(?=.)/gm, "  ");
  return [
    "/* Made from src/theme/tokens.ts by scripts/build-css.ts. */",
    block(":root", "light", lightTokens),
    `@media (prefers-color-scheme: dark) {\n${indented}}\n`,
    block(':root[data-theme="dark"]', "dark", darkTokens),
    FORCED,
  ].join("\n");
}

// In forced colours the browser repaints text and borders, but not what a variable paints on purpose.
const FORCED = `@media (forced-colors: active) {
  :root:root {
    --alga-primary: Highlight;
    --alga-primary-foreground: HighlightText;
    --alga-bg: Canvas;
    --alga-card-bg: Canvas;
    --alga-fg: CanvasText;
    --alga-muted-fg: CanvasText;
    --alga-border: CanvasText;
    --alga-row-hover: Canvas;
  }
}
`;

/** Every component's style sheet, `base.css` first, then by path. */
export async function stylesCss(): Promise<string> {
  const src = join(root, "src");
  const files = (await readdir(src, { recursive: true })).filter((file) => file.endsWith(".css")).sort();
  const ordered = [...files.filter((file) => file === "base.css"), ...files.filter((f) => f !== "base.css")];
  const texts = await Promise.all(ordered.map((file) => readFile(join(src, file), "utf8")));
  return texts.join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(join(root, "dist"), { recursive: true });
  for (const [name, text] of [
    ["theme.css", themeCss()],
    ["styles.css", await stylesCss()],
  ] as const) {
    await writeFile(join(root, "dist", name), text);
    // TypeScript refuses an import, even one for its effect alone, that it finds no types for.
    await writeFile(join(root, "dist", `${name}.d.ts`), "export {};\n");
  }
}
