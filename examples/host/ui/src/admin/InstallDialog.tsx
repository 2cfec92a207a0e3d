import { Alert, Button, Checkbox, CustomSelect, Dialog, Skeleton } from "@alga-ext/ui-kit";
import { useCallback, useState, type ReactElement } from "react";
import { readExtension, type CatalogRow } from "../api/catalog.ts";
import { install, readUninstalledAt } from "../api/installs.ts";
import { ApiError } from "../api/request.ts";
import { useApp } from "../session.ts";
import { useLoaded } from "../useLoaded.ts";
import { AlreadyInstalledDialog } from "./AlreadyInstalledDialog.tsx";
import { ConsentList } from "./ConsentList.tsx";
import { consentKey, consentOf, selectable, toGrants, usable } from "./consent.ts";
import { formatDay, plural } from "./parts/format.ts";
import { Shown } from "./parts/Shown.tsx";
import { useAction } from "./useAction.ts";
import { versionChoices } from "./version-choice.ts";

/** Props of the dialogs that change one extension. */
export interface ExtensionDialogProps {
  readonly entry: CatalogRow;
  readonly onClose: () => void;
  /** Something was changed; `message` says what. */
  readonly onDone: (message: string) => void;
  /** What `entry` says is not true any more; read it again. */
  readonly onStale: () => Promise<unknown>;
}

/** The consent screen: which version, what it may do, and whether what it once stored comes back. */
export function InstallDialog({ entry, onClose, onDone, onStale }: ExtensionDialogProps): ReactElement {
  const { tenantName } = useApp().session.user;
  const { registryId } = entry;
  const slug = `${entry.publisher}.${entry.name}`.toLowerCase();
  const about = useLoaded(
    useCallback(async () => {
      const [{ extension }, uninstalledAt] = await Promise.all([
        readExtension(registryId),
        readUninstalledAt(registryId, slug),
      ]);
      return { channels: extension.channels, uninstalledAt };
    }, [registryId, slug]),
  );
  const choices = versionChoices(entry, about.value?.channels ?? []);
  const [wanted, setWanted] = useState<string | null>(null);
  const choice = choices.find(({ value }) => value === wanted) ?? choices[0];
  const [isRestoring, setIsRestoring] = useState(true);
  const restore = isRestoring && about.value !== null && about.value.uninstalledAt !== null;
  const items = consentOf(entry, choice?.version ?? "");
  const keys = selectable(items).map(consentKey);
  const [withheld, setWithheld] = useState<ReadonlySet<string>>(new Set());
  const chosen = usable(items, new Set(keys.filter((key) => !withheld.has(key))));
  const withheldCount = keys.length - chosen.size;
  const action = useAction();
  if (entry.install !== null) return <AlreadyInstalledDialog entry={entry} onClose={onClose} />;

  async function run(version: string): Promise<void> {
    const done = await action.run(async () => {
      try {
        const grants = toGrants(items, chosen);
        await install(registryId, { version, grants, ...(restore ? { restore } : {}) });
      } catch (error) {
        if (error instanceof ApiError && error.code === "already_installed") await onStale();
        throw error;
      }
    });
    if (done)
      onDone(
        `${entry.displayName} ${choice?.version} is installed${restore ? " with its former data" : ""}.`,
      );
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Install ${entry.displayName}`}
      description={`By ${entry.publisher}. Decide what it may do at ${tenantName}; you can change this later.`}
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Cancel
          </Button>
          <Button
            loading={action.isBusy}
            disabled={choice === undefined || about.value === null}
            onClick={() => void run(choice?.value ?? "")}
          >
            {installLabel(keys.length, chosen.size)}
          </Button>
        </>
      }
    >
      <div className="acme-form">
        {action.error !== null && <Alert tone="danger">{action.error}</Alert>}
        {about.value === null && about.isLoading ? (
          <Skeleton variant="rectangular" height={62} />
        ) : (
          <Shown loaded={about}>
            {({ uninstalledAt }) => (
              <>
                <CustomSelect
                  label="Version"
                  value={choice?.value ?? null}
                  onValueChange={setWanted}
                  options={choices.map(({ value, label }) => ({ value, label }))}
                />
                {uninstalledAt !== null && (
                  <Checkbox
                    label={`Bring back what it stored until ${formatDay(uninstalledAt)}: data, settings and secrets`}
                    checked={isRestoring}
                    onCheckedChange={setIsRestoring}
                  />
                )}
              </>
            )}
          </Shown>
        )}
        <ConsentList
          heading="It asks to"
          items={items}
          chosen={chosen}
          onChange={(next) => setWithheld(new Set(keys.filter((key) => !next.has(key))))}
        />
        {withheldCount > 0 && (
          <Alert tone="info">
            {`${plural(withheldCount, "permission")} ${withheldCount === 1 ? "is" : "are"}`} withheld. What
            needs it will be refused, the rest works.
          </Alert>
        )}
      </div>
    </Dialog>
  );
}

/** Says how much is being agreed to, so that nobody agrees by reflex. */
function installLabel(asked: number, allowed: number): string {
  if (asked === 0) return "Install";
  return allowed === 0 ? "Install and allow nothing" : `Install and allow ${allowed}`;
}
