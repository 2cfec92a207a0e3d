/** Text of `context/boot.ts` as a CommonJS module, put in by `scripts/bundle.ts`. */
declare module "alga:cell-context" {
  const text: string;
  export default text;
}
