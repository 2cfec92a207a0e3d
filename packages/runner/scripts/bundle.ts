/**
 * Bundle the two texts that run inside the wall, each one self-contained: `dist/cell.js` (cells, with the text of
 * their bare context) and `dist/prepare-child.js` (the transpiler with its WebAssembly inside); and the processes around
 * it: `dist/fork-server.cjs` and `dist/server/start.cjs`, which is loaded faster than its modules. Run after `tsc -b`:
 * `node packages/runner/scripts/bundle.ts`.
 */
import { copyFile, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { build, type Plugin } from "esbuild";
import { makeRehearsals } from "./make-rehearsals.ts";

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

const assembled: Plugin = {
  name: "assembled-wat",
  setup(pluginBuild) {
    pluginBuild.onLoad({ filter: /\.wat$/ }, async ({ path }) => ({
      contents: `export default Uint8Array.of(${(await parse(await readFile(path, "utf8"))).join()});`,
      loader: "js",
    }));
  },
};

// What runs in the cell's bare context is a text inside the cell's text: it shares no scope with the cell.
const { outputFiles } = await build({
  ...shared,
  platform: "neutral",
  entryPoints: ["src/cell/context/boot.ts"],
  plugins: [assembled],
  write: false,
});
const cellContext: Plugin = {
  name: "cell-context",
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^alga:cell-context$/ }, () => ({
      path: "alga:cell-context",
      namespace: "text",
    }));
    pluginBuild.onLoad({ filter: /.*/, namespace: "text" }, () => ({
      contents: outputFiles[0]?.text ?? "",
      loader: "text",
    }));
  },
};
await build({
  ...shared,
  entryPoints: ["src/cell/main.ts"],
  outfile: "dist/cell.js",
  plugins: [cellContext],
});
await build({ ...shared, entryPoints: ["src/wall/fork-server-main.ts"], outfile: "dist/fork-server.cjs" });
await build({
  ...shared,
  entryPoints: ["src/prepare/child.ts"],
  outfile: "dist/prepare-child.js",
  loader: { ".wasm": "binary" },
  define: { "import.meta.url": '"file:///"' },
  plugins: [selfContained],
});

await makeRehearsals(join(root, "dist/rehearsals"), join(root, "dist/prepare-child.js"));

// A start needs no client for requests of extensions: the package stays where it is, and is loaded with the first one.
const LAZY = "undici";
const lazily: Plugin = {
  name: "lazily",
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: new RegExp(`^${LAZY}$`) }, ({ namespace }) =>
      namespace === "lazy" ? { path: LAZY, external: true } : { path: LAZY, namespace: "lazy" },
    );
    pluginBuild.onLoad({ filter: /.*/, namespace: "lazy" }, () => ({
      contents: Object.keys(require(LAZY) as object)
        .map(
          (name) =>
            `Object.defineProperty(exports,"${name}",{enumerable:true,get:()=>require("${LAZY}").${name}});`,
        )
        .join("\n"),
      resolveDir: root,
    }));
  },
};
// As CommonJS: importing `node:http` reads each of its exports, and one of them loads all that `fetch` needs.
await build({
  ...shared,
  minifyWhitespace: false,
  entryPoints: ["src/server/start.ts"],
  outfile: "dist/server/start.cjs",
  define: { "import.meta.url": "moduleUrl" },
  banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
  plugins: [lazily],
});
// Says from which build it was made (`src/bin.ts`).
await copyFile(join(root, "dist/.tsbuildinfo"), join(root, "dist/.bundled.tsbuildinfo"));
