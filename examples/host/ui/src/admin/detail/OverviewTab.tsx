import { Button } from "@alga-ext/ui-kit";
import { useState, type ReactElement } from "react";
import { KEPT_DAYS } from "../../api/installs.ts";
import { Facts, type Fact } from "../parts/Facts.tsx";
import { Section } from "../parts/Section.tsx";
import { Time } from "../parts/Time.tsx";
import { UninstallDialog } from "../UninstallDialog.tsx";
import { describeFollowing } from "../version-choice.ts";
import { AttentionList } from "./AttentionList.tsx";
import { DomainFact } from "./DomainFact.tsx";
import { useManaged, type Managed } from "./managed.ts";

/** What an extension is, how it stands, and what waits for an administrator. */
export function OverviewTab(): ReactElement {
  const managed = useManaged();
  const { data } = managed;
  return (
    <div className="acme-stack">
      {data.install !== null && <AttentionList />}
      <Section title="About">
        {data.extension.description !== "" && (
          <p className="acme-section__text">{data.extension.description}</p>
        )}
        <Facts facts={[...aboutInstall(managed), ...aboutExtension(managed)]} />
      </Section>
      {data.install !== null && <Removal />}
    </div>
  );
}

function aboutInstall({ data: { install, history } }: Managed): readonly Fact[] {
  if (install === null) return [];
  const first = history.at(-1);
  const now = history[0];
  return [
    { label: "Version", value: install.version },
    { label: "Follows", value: describeFollowing(install) },
    ...(now === undefined ? [] : [{ label: "On this version since", value: <Time at={now.since} /> }]),
    ...(first === undefined
      ? []
      : [
          {
            label: "Installed",
            value: (
              <>
                <Time at={first.since} as="day" /> by {first.actor}
              </>
            ),
          },
        ]),
    { label: "Host name", value: <DomainFact install={install} /> },
    { label: "Install id", value: <code>{install.installId}</code> },
  ];
}

function aboutExtension({ data: { extension } }: Managed): readonly Fact[] {
  const keys = extension.publisherKeyIds;
  return [
    { label: "Publisher", value: extension.publisher },
    {
      label: "Signed with",
      value: keys.length === 0 ? "No key is bound to this publisher" : <KeyIds keyIds={keys} />,
    },
    { label: "Newest version", value: extension.newest?.version ?? "None" },
    { label: "Published", value: <Time at={extension.createdAt} as="day" /> },
    { label: "Registry id", value: <code>{extension.registryId}</code> },
  ];
}

function KeyIds({ keyIds }: { readonly keyIds: readonly string[] }): ReactElement {
  return (
    <>
      {keyIds.map((id) => (
        <code key={id} className="acme-block">
          {id}
        </code>
      ))}
    </>
  );
}

function Removal(): ReactElement | null {
  const { entry, name, done } = useManaged();
  const [isAsking, setIsAsking] = useState(false);
  if (entry === null) return null;
  return (
    <Section title="Uninstall">
      <div className="acme-row">
        <p className="acme-muted">
          Takes {name} away from everybody at once. What it stored can be brought back for {KEPT_DAYS} days.
        </p>
        <Button variant="destructive" onClick={() => setIsAsking(true)}>
          Uninstall {name}
        </Button>
      </div>
      {isAsking && (
        <UninstallDialog
          entry={entry}
          onClose={() => setIsAsking(false)}
          onDone={(message) => {
            setIsAsking(false);
            void done(message);
          }}
        />
      )}
    </Section>
  );
}
