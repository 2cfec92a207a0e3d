/** One complaint of the generated validator, in ajv's shape. */
export interface SourceProblem {
  /** JSON pointer of the offending value. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The offending value. */
  readonly data?: unknown;
  /** The schema node that complained. */
  readonly parentSchema?: {
    readonly "x-code"?: string;
    /** Code for each required key. */
    readonly "x-missing"?: Readonly<Record<string, string>>;
    readonly properties?: object;
    readonly enum?: readonly string[];
  };
}
