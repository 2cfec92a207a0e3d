import type { ApiKey } from "@alga-ext/protocol";
import { Badge, Button, DataTable, type BadgeProps } from "@alga-ext/ui-kit";
import { useState, type ReactElement } from "react";
import { listApiKeys } from "../../api/api-keys.ts";
import { useApp } from "../../session.ts";
import { useLoaded } from "../../useLoaded.ts";
import { Shown } from "../parts/Shown.tsx";
import { Time } from "../parts/Time.tsx";
import { useNotice } from "../parts/useNotice.tsx";
import { CreateApiKeyDialog } from "./CreateApiKeyDialog.tsx";
import { describePermission } from "./permission-words.ts";
import { RevokeApiKeyDialog } from "./RevokeApiKeyDialog.tsx";
import { TenantPage } from "./TenantPage.tsx";

const STATES = {
  active: { tone: "success", label: "Active" },
  expired: { tone: "default", label: "Expired" },
  revoked: { tone: "danger", label: "Revoked" },
} as const satisfies Record<ApiKey["state"], { tone: BadgeProps["tone"]; label: string }>;

/** Keys with which programs speak for the tenant. */
export function ApiKeysPage(): ReactElement {
  const { tenantName } = useApp().session.user;
  const loaded = useLoaded(listApiKeys);
  const [open, setOpen] = useState<"create" | ApiKey | null>(null);
  const notice = useNotice();
  const finish = async (message: string | null): Promise<void> => {
    setOpen(null);
    await loaded.reload();
    notice.say(message);
  };
  return (
    <TenantPage
      title="API keys"
      hint={`With a key a program speaks for ${tenantName}. It may do what you give it and no more than you may.`}
      actions={<Button onClick={() => setOpen("create")}>Create a key</Button>}
    >
      {notice.element}
      <Shown loaded={loaded}>
        {(keys) => (
          <DataTable
            aria-label="API keys"
            data={keys}
            emptyMessage="There are no keys yet."
            responsiveColumns
            columns={[
              {
                key: "name",
                header: "Name",
                alwaysShow: true,
                render: ({ name, permissions }) => (
                  <span className="acme-outcome">
                    <strong>{name}</strong>
                    <span className="acme-outcome__by">{permissions.map(describePermission).join(", ")}</span>
                  </span>
                ),
              },
              {
                key: "state",
                header: "State",
                width: 100,
                priority: 1,
                render: ({ state }) => <Badge tone={STATES[state].tone}>{STATES[state].label}</Badge>,
              },
              { key: "createdBy", header: "Made by", priority: 7 },
              {
                key: "expiresAt",
                header: "Ends",
                width: 130,
                priority: 4,
                render: ({ expiresAt }) => <Time at={expiresAt} as="day" />,
              },
              {
                key: "lastUsedAt",
                header: "Last used",
                width: 180,
                priority: 5,
                render: ({ lastUsedAt }) => (lastUsedAt === null ? "Never" : <Time at={lastUsedAt} />),
              },
              {
                key: "revoke",
                header: <span className="alga-visually-hidden">Actions</span>,
                width: 110,
                align: "end",
                alwaysShow: true,
                render: (key) =>
                  key.state === "active" && (
                    <Button
                      variant="outline"
                      size="sm"
                      aria-label={`Revoke ${key.name}`}
                      onClick={() => setOpen(key)}
                    >
                      Revoke
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Shown>
      {open === "create" && (
        <CreateApiKeyDialog onClose={() => setOpen(null)} onDone={(message) => void finish(message)} />
      )}
      {open !== null && open !== "create" && (
        <RevokeApiKeyDialog
          apiKey={open}
          onClose={() => setOpen(null)}
          onDone={(message) => void finish(message)}
        />
      )}
    </TenantPage>
  );
}
