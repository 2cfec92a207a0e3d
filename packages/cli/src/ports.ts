/** Hears what takes longer than a moment; called in order, from the verb that runs. */
export interface ProgressReporter {
  /** A step begins. */
  step(text: string): void;
}
