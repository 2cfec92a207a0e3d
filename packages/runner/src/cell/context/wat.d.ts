/** WebAssembly text, assembled by `scripts/bundle.ts`. */
declare module "*.wat" {
  const bytes: Uint8Array;
  export default bytes;
}
