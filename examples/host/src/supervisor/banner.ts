import { DEMO_USERS } from "../demo-users.ts";

/** What the banner tells. */
export interface BannerFacts {
  readonly hostUrl: string;
  readonly runnerUrl: string;
  readonly runnerPublicBase: string;
  /** OS isolation tier of the runner, as its health reports it. */
  readonly wall: string;
  readonly database: string;
  readonly dataDir: string;
  readonly extensionId: string;
  readonly version: string;
  /** From the end of the build to here. */
  readonly seconds: number;
}

/** The text shown when everything runs: where to go, who to be, what is behind it. */
export function banner(facts: BannerFacts, color: boolean = process.stdout.isTTY): string {
  const paint = (code: number, text: string): string => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const wall =
    facts.wall === "none"
      ? paint(31, "NONE: extension code runs without an OS wall. Never do this outside a demo.")
      : facts.wall;
  const rows: [string, string][] = [
    ["Open", paint(36, facts.hostUrl)],
    ["Log in", DEMO_USERS.map((user) => `${user.email} (${user.role})`).join(", ")],
    ["Password", DEMO_USERS[0]!.password],
    ["Runner", `${facts.runnerUrl}, extension UI at ${facts.runnerPublicBase}`],
    ["Isolation", wall],
    ["Database", facts.database],
    ["Data", facts.dataDir],
    ["Sample", `Agreements ${facts.version}, installed for acme (${facts.extensionId})`],
  ];
  const lines = rows.map(([label, value]) => `  ${paint(2, label.padEnd(10))}${value}`);
  return `\n${paint(1, "Acme PSA with Alga Extensions")} is running (${facts.seconds.toFixed(1)} s after the build)\n${lines.join("\n")}\n  Ctrl-C stops everything; the data stays.\n\n`;
}
