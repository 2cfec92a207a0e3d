/**
 * Bundle the two texts that run inside the wall, each one self-contained: `dist/cell.js` (cells) and
 * `dist/prepare-child.js` (the transpiler with its WebAssembly inside). Run after `tsc -b`:
 * `node packages/runner/scripts/bundle.ts`.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const vendor = join(dirname(require.resolve("@bytecodealliance/jco-transpile/component")), "/");

// The transpiler loads its core modules from files next to it; in the bundle they are byte arrays. Its WASI shim
// would reach for worker threads and the disk; it only needs to link.
const selfContained: Plugin = {
  name: "self-contained-transpiler",
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^@bytecodealliance\/preview2-shim\// }, () => ({
      path: join(root, "src/prepare/inert-wasi.ts"),
    }));
    pluginBuild.onResolve({ filter: /^jco-vendor:/ }, ({ path }) => ({
      path: join(vendor, path.slice("jco-vendor:".length)),
    }));
    pluginBuild.onLoad(
      { filter: /vendor\/(js-component-bindgen-component|wasm-tools)\.js$/ },
      async ({ path }) => {
        const modules: string[] = [];
        const text = (await readFile(path, "utf8")).replace(
          /fetchCompile\(new URL\('\.\/([a-z0-9.-]+\.wasm)', import\.meta\.url\)\)/g,
          (_match, name: string) => `WebAssembly.compile(core${modules.push(name) - 1})`,
        );
        const imports = modules.map(
          (name, index) => `import core${index} from ${JSON.stringify(join(vendor, name))};`,
        );
        return { contents: `${imports.join("\n")}\n${text}`, loader: "js" };
      },
    );
  },
};

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node24",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  logLevel: "warning",
} as const;

await build({ ...shared, entryPoints: ["src/cell/main.ts"], outfile: "dist/cell.js" });
await build({
  ...shared,
  entryPoints: ["src/prepare/child.ts"],
  outfile: "dist/prepare-child.js",
  loader: { ".wasm": "binary" },
  define: { "import.meta.url": '"file:///"' },
  plugins: [selfContained],
});
