import { appendFileSync } from "node:fs";
import type { TestModule } from "vitest/node";

/** One thing that went wrong: in a row, or in what a row needs before it can begin. */
export interface Fault {
  /** Name of the row; null when none could begin. */
  readonly row: string | null;
  readonly name: string;
  /** Code of an error of ours; null when it has none. */
  readonly code: string | null;
  readonly message: string;
}

/** Name of the variable that says where faults go, one to a line. */
export const FAULTS_VARIABLE = "ATTACK_FAULTS";

/** Tells of every fault, also of those before the first row, which the reporters that write files leave out. */
// oxlint-disable-next-line import/no-default-export -- vitest takes reporters in no other way
export default class FaultReporter {
  /** Called by vitest at the end. */
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      tell(null, module.errors());
      for (const suite of module.children.allSuites()) tell(null, suite.errors());
      for (const test of module.children.allTests())
        if (test.result().state === "failed") tell(test.name, test.result().errors ?? []);
    }
  }
}

function tell(
  row: string | null,
  errors: readonly { name?: string; message: string; code?: unknown }[],
): void {
  for (const { name = "Error", code, message } of errors) {
    const fault: Fault = { row, name, code: typeof code === "string" ? code : null, message };
    appendFileSync(process.env[FAULTS_VARIABLE] ?? "", `${JSON.stringify(fault)}\n`);
  }
}
