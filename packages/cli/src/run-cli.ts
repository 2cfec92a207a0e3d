import { readFileSync } from "node:fs";
import { CodedError } from "@alga-ext/protocol";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { build } from "./build/build.ts";
import { EXIT_CODES, toExitCode } from "./exit-codes.ts";
import { generateKey } from "./generate-key.ts";
import { packProject } from "./pack-project.ts";
import type { ProgressReporter } from "./ports.ts";
import { publishBundle } from "./publish-bundle.ts";
import { signBundle } from "./sign-bundle.ts";
import { verifyBundle, type VerifyBundleResult } from "./verify-bundle.ts";

/** Where a run of the bin reads and writes. */
export interface CliStreams {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress, warnings and errors. */
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const DEFAULT_BASE_URL = "http://localhost:3000";
const QUIET_MS = 1000;

/**
 * Run `alga-ext` with these arguments (without node and script) and answer its exit code.
 *
 * With `--json` standard output is exactly one JSON object: the result, or `{error: {code, message, details}}`.
 */
export async function runCli(args: readonly string[], streams: CliStreams): Promise<number> {
  const program = new Command("alga-ext")
    .description("Build, pack, sign, verify and publish Alga extensions.")
    .version(readVersion())
    .option("--json", "print one JSON object on standard output")
    .exitOverride()
    .configureOutput({ writeOut: streams.out, writeErr: streams.err });
  const progress = createProgress(streams);
  const asJson = (): boolean => program.opts<{ json?: boolean }>().json === true;
  const finish = (result: object, text: string, warnings: readonly string[] = []): void => {
    for (const warning of warnings) streams.err(`warning: ${warning}\n`);
    streams.out(asJson() ? `${JSON.stringify(result)}\n` : `${text}\n`);
  };

  program
    .command("build")
    .description("build the component and the page into dist/")
    .argument("[project]", "folder with manifest.json", ".")
    .option("--out <dir>", "output folder (default: dist in the project)")
    .action(async (projectDir: string, { out }: { out?: string }) => {
      const result = await build({ projectDir, progress, ...(out === undefined ? {} : { outDir: out }) });
      const built = [result.componentPath, result.uiDir].filter((path) => path !== null);
      const text = built.join(" and ") || "nothing: the project has neither handler nor page";
      finish(result, `Built ${text}`, result.warnings);
    });
  program
    .command("pack")
    .description("pack a built project into one archive")
    .argument("[project]", "folder with manifest.json", ".")
    .option("--out <file>", "archive to write (default: bundle.tar.zst in the project)")
    .action(async (projectDir: string, { out }: { out?: string }) => {
      const result = await packProject({ projectDir, ...(out === undefined ? {} : { outFile: out }) });
      finish(result, `Packed ${result.file}\n${result.contentHash}`);
    });
  program
    .command("keygen")
    .description("make a signing key: <file> stays secret, <file>.pub goes to the operator")
    .argument("<file>")
    .action(async (file: string) => {
      const result = await generateKey({ file });
      finish(
        { ...result },
        [
          `Wrote ${result.privateKeyFile} and ${result.publicKeyFile}`,
          `key ${result.keyId}`,
          `Keep ${result.privateKeyFile} secret: sign with it (alga-ext sign <bundle> --key ${result.privateKeyFile}).`,
          `Give ${result.publicKeyFile} to the operator of each host that shall trust it;`,
          "the reference host takes it as .data/keys/trusted/<any name>.pem.",
        ].join("\n"),
      );
    });
  program
    .command("sign")
    .description("sign an archive; the signatures go to <bundle>.jws")
    .argument("<bundle>")
    .requiredOption("--key <file>", "private key in PEM")
    .option("--cert <file>", "certificate chain of the key in PEM, leaf first")
    .option("--add", "keep the signatures that are there")
    .action(async (file: string, { key, cert, add }: { key: string; cert?: string; add?: boolean }) => {
      const chain = cert === undefined ? {} : { certificateFile: cert };
      const result = await signBundle({ file, privateKeyFile: key, add: add === true, ...chain });
      finish(result, `Signed ${file} with key ${result.keyId}`);
    });
  program
    .command("verify")
    .description("check an archive and its signatures as a registry would")
    .argument("<bundle>")
    .requiredOption("--trust <file>", "public keys and certificates that count, in PEM")
    .option("--policy <file>", "trust document: publishers, thresholds, revocations")
    .option("--at <time>", "judge certificates as of this time (default: now)", parseTime)
    .action(async (file: string, options: { trust: string; policy?: string; at?: Date }) => {
      const { trust: trustFile, policy: policyFile, at: acceptedAt } = options;
      const result = await verifyBundle({
        file,
        trustFile,
        ...(policyFile === undefined ? {} : { policyFile }),
        ...(acceptedAt === undefined ? {} : { acceptedAt }),
      });
      const refused = result.refused.map(({ keyId, code }) => `key ${keyId} does not count [${code}]`);
      finish(result, describeVerified(file, result), refused);
    });
  program
    .command("publish")
    .description("upload an archive and its signatures to a host")
    .argument("<bundle>")
    .option("--base-url <url>", `origin of the host (default: $ALGA_API_BASE_URL or ${DEFAULT_BASE_URL})`)
    .option("--api-key <key>", "API key (default: $ALGA_API_KEY)")
    .action(async (file: string, options: { baseUrl?: string; apiKey?: string }, command: Command) => {
      const apiKey = options.apiKey ?? streams.env["ALGA_API_KEY"];
      if (apiKey === undefined) command.error("error: give --api-key, or set ALGA_API_KEY");
      const baseUrl = options.baseUrl ?? streams.env["ALGA_API_BASE_URL"] ?? DEFAULT_BASE_URL;
      const result = await publishBundle({ file, baseUrl, apiKey, progress });
      const { extension, version, warnings } = result;
      finish(result, `Published ${extension.name} ${version.version} (${extension.id})`, warnings);
    });

  try {
    await program.parseAsync([...args], { from: "user" });
    return EXIT_CODES.ok;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT_CODES.ok;
      if (asJson()) streams.out(toErrorJson("usage", error.message, {}));
      return EXIT_CODES.usage;
    }
    report(error, asJson(), streams);
    return toExitCode(error);
  } finally {
    progress.end();
  }
}

function parseTime(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError("It is not a time.");
  return time;
}

function describeVerified(file: string, result: VerifyBundleResult): string {
  const signers = result.signers.map(({ keyId, certificate }) =>
    certificate === null
      ? `signed by key ${keyId}`
      : `signed by key ${keyId}, "${certificate.subject}", certificate ${certificate.fingerprint} until ${certificate.notAfter}`,
  );
  const what = `${result.publisher}.${result.name} ${result.version}`;
  return [`Verified ${file}: ${what}`, result.contentHash, ...signers].join("\n");
}

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function report(error: unknown, asJson: boolean, streams: CliStreams): void {
  const coded = error instanceof CodedError ? error : null;
  const message = error instanceof Error ? error.message : String(error);
  if (asJson) {
    const { code = "unexpected", details = {} } = coded ?? {};
    streams.out(toErrorJson(code, message, details));
    return;
  }
  streams.err(`error: ${message}${coded === null ? "" : ` [${coded.code}]`}\n`);
  const refused = coded?.details["refused"];
  for (const one of Array.isArray(refused) ? (refused as readonly unknown[]) : []) {
    const { keyId, code } = one as { keyId?: string; code?: string };
    streams.err(`  key ${keyId ?? ""} does not count [${code ?? ""}]\n`);
  }
  const problems = coded?.details["problems"];
  if (!Array.isArray(problems)) return;
  for (const problem of problems as readonly unknown[]) {
    if (typeof problem !== "object" || problem === null) continue;
    const { pointer, line, message: text } = problem as { pointer?: string; line?: number; message?: string };
    streams.err(`  ${pointer ?? ""}${line === undefined ? "" : ` (line ${line})`}: ${text ?? ""}\n`);
  }
}

function toErrorJson(code: string, message: string, details: object): string {
  return `${JSON.stringify({ error: { code, message, details } })}\n`;
}

/** Says which step runs once it has run for a second. */
function createProgress(streams: CliStreams): ProgressReporter & { end(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    step(text) {
      clearTimeout(timer);
      timer = setTimeout(() => streams.err(`${text} …\n`), QUIET_MS);
    },
    end() {
      clearTimeout(timer);
    },
  };
}
