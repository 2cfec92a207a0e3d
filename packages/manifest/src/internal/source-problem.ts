/** One complaint of the generated validator, in ajv's shape. */
export interface SourceProblem {
  /** JSON pointer of the offending value. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The schema node that complained, with its sentence. */
  readonly parentSchema?: { readonly "x-problem"?: string };
  readonly message?: string;
}
