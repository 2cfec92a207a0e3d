import { Alert, Button, Card, Skeleton } from "@alga-ext/ui-kit";
import { useState, type ReactElement } from "react";
import { listClients, type Client } from "../api/account.ts";
import { useLoaded } from "../useLoaded.ts";
import { RenameClientDialog } from "./RenameClientDialog.tsx";

/** The clients of the desk: what extensions can hear of when it changes. */
export function ClientsCard(): ReactElement {
  const clients = useLoaded(listClients);
  const [renaming, setRenaming] = useState<Client | null>(null);
  return (
    <Card className="acme-list">
      {clients.error !== null && <Alert tone="danger">{clients.error}</Alert>}
      {clients.value === null && clients.isLoading && <Skeleton lines={3} />}
      {clients.value !== null && (
        <ul className="acme-rows acme-rows--tight">
          {clients.value.map((client) => (
            <li key={client.id} className="acme-row">
              <span>{client.name}</span>
              <Button
                variant="ghost"
                size="sm"
                aria-label={`Rename ${client.name}`}
                onClick={() => setRenaming(client)}
              >
                Rename
              </Button>
            </li>
          ))}
        </ul>
      )}
      {renaming !== null && (
        <RenameClientDialog
          client={renaming}
          onClose={() => setRenaming(null)}
          onDone={() => {
            setRenaming(null);
            void clients.reload();
          }}
        />
      )}
    </Card>
  );
}
