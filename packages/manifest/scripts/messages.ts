/** Print every sentence an author can meet, to be read aloud: `node packages/manifest/scripts/messages.ts`. */
import { ManifestError, parseManifest, type ManifestProblem, type ManifestWarning } from "../src/index.ts";
import { CHANGED_SETTINGS, REFUSED, WARNED } from "./samples.ts";

function findings(input: unknown): readonly (ManifestProblem | ManifestWarning)[] {
  try {
    return parseManifest(input).warnings;
  } catch (error) {
    if (error instanceof ManifestError)
      return error.details["problems"] as unknown as readonly ManifestProblem[];
    throw error;
  }
}

for (const [title, samples] of Object.entries({ REFUSED, WARNED, CHANGED_SETTINGS })) {
  process.stdout.write(`\n${title}\n`);
  for (const [what, , input] of samples) {
    const lines = findings(input).map(({ code, message }) => `    ${code}: ${message}`);
    process.stdout.write(`  ${what}\n${lines.join("\n")}\n`);
  }
}
