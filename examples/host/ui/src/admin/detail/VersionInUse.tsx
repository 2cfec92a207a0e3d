import { Alert, Button, Switch } from "@alga-ext/ui-kit";
import { useState, type ReactElement } from "react";
import { setPinned } from "../../api/installs.ts";
import { Facts } from "../parts/Facts.tsx";
import { Section } from "../parts/Section.tsx";
import { UpdateDialog } from "../UpdateDialog.tsx";
import { useAction } from "../useAction.ts";
import { describeFollowing } from "../version-choice.ts";
import { useManagedInstall } from "./managed.ts";

/** The version that runs, what it follows, and whether it is held. */
export function VersionInUse(): ReactElement {
  const { registryId, name, data, entry, install, done } = useManagedInstall();
  const [isChanging, setIsChanging] = useState(false);
  const pinning = useAction();
  return (
    <Section
      title="In use"
      actions={
        entry !== null && (
          <Button variant="outline" onClick={() => setIsChanging(true)}>
            Change version
          </Button>
        )
      }
    >
      {pinning.error !== null && <Alert tone="danger">{pinning.error}</Alert>}
      <Facts
        facts={[
          { label: "Version", value: install.version },
          { label: "Follows", value: describeFollowing(install) },
          {
            label: "Pinned",
            value: (
              <Switch
                label={install.pinned ? "Stays on this version" : "May be updated"}
                aria-label={`Pin ${name} to this version`}
                checked={install.pinned}
                disabled={pinning.isBusy}
                onCheckedChange={(pinned) =>
                  void pinning.run(async () => {
                    await setPinned(registryId, pinned);
                    await done(
                      `${name} is ${pinned ? "pinned to" : "no longer pinned to"} ${install.version}.`,
                    );
                  })
                }
              />
            ),
          },
        ]}
      />
      {isChanging && entry !== null && (
        <UpdateDialog
          entry={entry}
          install={install}
          channels={data.extension.channels}
          mode="change"
          onClose={() => setIsChanging(false)}
          onDone={(message) => {
            setIsChanging(false);
            void done(message);
          }}
        />
      )}
    </Section>
  );
}
