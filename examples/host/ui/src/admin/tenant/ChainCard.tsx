import type { ChainReport } from "@alga-ext/registry";
import { Alert, AlertTitle, Button } from "@alga-ext/ui-kit";
import { useCallback, useState, type ReactElement } from "react";
import { readHead, verifyReleaseLog, type Chain } from "../../api/release-log.ts";
import { useLoaded } from "../../useLoaded.ts";
import { Facts } from "../parts/Facts.tsx";
import { plural } from "../parts/format.ts";
import { Section } from "../parts/Section.tsx";
import { Shown } from "../parts/Shown.tsx";
import { Time } from "../parts/Time.tsx";
import { useAction } from "../useAction.ts";
import { readKnownEnd, rememberEnd, toStatement } from "./chain-memory.ts";

const PROBLEMS = {
  altered: "was changed after it was written",
  missing: "is missing",
  reordered: "is not in its place",
  truncated: "was there before and is cut off",
  forked: "is another one than before",
} as const satisfies Record<NonNullable<ChainReport["problem"]>, string>;

/** Props of {@link ChainCard}. */
export interface ChainCardProps {
  readonly chain: Chain;
  /** Where this browser remembers how far it has seen the chain. */
  readonly memory: string;
  readonly title: string;
  readonly hint: string;
}

/** One chain: its newest signed end, and a check of all of it. */
export function ChainCard({ chain, memory, title, hint }: ChainCardProps): ReactElement {
  const head = useLoaded(useCallback(async () => toStatement(await readHead(chain)), [chain]));
  const [report, setReport] = useState<ChainReport | null>(null);
  const [wasKnown, setWasKnown] = useState(false);
  const action = useAction();
  const verify = (): void => {
    void action.run(async () => {
      const known = readKnownEnd(memory);
      const found = await verifyReleaseLog(chain, known);
      if (found.brokenAt === null) rememberEnd(memory, { seq: found.events, hash: found.head });
      setWasKnown(known !== null);
      setReport(found);
    });
  };
  return (
    <Section
      title={title}
      hint={hint}
      actions={
        <Button variant="outline" aria-label={`Verify: ${title}`} loading={action.isBusy} onClick={verify}>
          Verify
        </Button>
      }
    >
      <div className="acme-form">
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        {report !== null && <Verdict report={report} wasKnown={wasKnown} />}
        <Shown loaded={head}>
          {(statement) => (
            <Facts
              facts={[
                { label: "Signed by", value: statement.issuer },
                { label: "Links", value: statement.seq },
                { label: "Signed", value: <Time at={statement.issuedAt} /> },
                { label: "Good until", value: <Time at={statement.expiresAt} /> },
                { label: "Ends with", value: <code>{statement.hash}</code> },
              ]}
            />
          )}
        </Shown>
      </div>
    </Section>
  );
}

function Verdict({
  report,
  wasKnown,
}: {
  readonly report: ChainReport;
  readonly wasKnown: boolean;
}): ReactElement {
  const { events, brokenAt, problem } = report;
  if (brokenAt !== null && problem !== null) {
    return (
      <Alert tone="danger">
        <AlertTitle>The chain is broken</AlertTitle>
        {plural(events, "link")} {events === 1 ? "fits" : "fit"}; link {brokenAt} {PROBLEMS[problem]}. Ask who
        operates Acme PSA.
      </Alert>
    );
  }
  return (
    <Alert tone="success">
      <AlertTitle>The chain holds</AlertTitle>
      All {plural(events, "link")} fit.{" "}
      {wasKnown
        ? "It goes on from what this browser saw last time."
        : "This browser remembers its end and will notice if a part of it is taken away."}
    </Alert>
  );
}
