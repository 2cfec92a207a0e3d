import { Button, DataTable } from "@alga-ext/ui-kit";
import { useCallback, useState, type ReactElement } from "react";
import { listSecrets } from "../../api/settings.ts";
import { useLoaded } from "../../useLoaded.ts";
import { Section } from "../parts/Section.tsx";
import { Shown } from "../parts/Shown.tsx";
import { Time } from "../parts/Time.tsx";
import { DeleteSecretDialog } from "./DeleteSecretDialog.tsx";
import { useManagedInstall } from "./managed.ts";
import { SecretDialog } from "./SecretDialog.tsx";

type Open = { readonly dialog: "set" | "delete"; readonly name: string | null } | null;

/** Which secrets are stored and since when. Their values never come back to the browser. */
export function SecretsTab(): ReactElement {
  const { registryId, name, done } = useManagedInstall();
  const loaded = useLoaded(useCallback(() => listSecrets(registryId), [registryId]));
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => setOpen(null);
  const finish = async (message: string): Promise<void> => {
    close();
    await loaded.reload();
    await done(message);
  };
  return (
    <Section
      title="Secrets"
      hint={`Keys and passwords that ${name} uses to reach other services. A stored value is never shown again.`}
      isFramed={false}
      actions={
        <Button variant="outline" onClick={() => setOpen({ dialog: "set", name: null })}>
          Add a secret
        </Button>
      }
    >
      <Shown loaded={loaded}>
        {(secrets) => (
          <DataTable
            aria-label="Secrets"
            data={secrets}
            rowKey={(secret) => secret.name}
            emptyMessage={`Nothing is stored yet. The documentation of ${name} says which names it reads.`}
            responsiveColumns
            columns={[
              {
                key: "name",
                header: "Name",
                alwaysShow: true,
                render: (secret) => <code className="acme-code">{secret.name}</code>,
              },
              {
                key: "setAt",
                header: "Set",
                width: 190,
                priority: 3,
                render: ({ setAt }) => <Time at={setAt} />,
              },
              {
                key: "actions",
                header: <span className="alga-visually-hidden">Actions</span>,
                width: 190,
                align: "end",
                alwaysShow: true,
                render: (secret) => (
                  <span className="acme-buttons acme-buttons--end">
                    <Button
                      variant="outline"
                      size="sm"
                      aria-label={`Replace ${secret.name}`}
                      onClick={() => setOpen({ dialog: "set", name: secret.name })}
                    >
                      Replace
                    </Button>
                    <Button
                      variant="outline"
                      size="sm"
                      aria-label={`Delete ${secret.name}`}
                      onClick={() => setOpen({ dialog: "delete", name: secret.name })}
                    >
                      Delete
                    </Button>
                  </span>
                ),
              },
            ]}
          />
        )}
      </Shown>
      {open?.dialog === "set" && (
        <SecretDialog name={open.name} onClose={close} onDone={(message) => void finish(message)} />
      )}
      {open?.dialog === "delete" && open.name !== null && (
        <DeleteSecretDialog name={open.name} onClose={close} onDone={(message) => void finish(message)} />
      )}
    </Section>
  );
}
