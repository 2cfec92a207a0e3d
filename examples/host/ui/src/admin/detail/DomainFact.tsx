import type { DomainState, InstallDetails } from "@alga-ext/protocol";
import { Badge, Button, type BadgeProps } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { reprovision } from "../../api/installs.ts";
import { useAction } from "../useAction.ts";
import { useManaged } from "./managed.ts";

const STATES = {
  pending: { tone: "default", label: "Waiting" },
  pending_configuration: { tone: "default", label: "Not configured" },
  provisioning: { tone: "info", label: "Being set up" },
  ready: { tone: "success", label: "Ready" },
  error: { tone: "danger", label: "Refused" },
  provisioning_enqueue_failed: { tone: "warning", label: "Could not be ordered" },
} as const satisfies Record<DomainState, { tone: BadgeProps["tone"]; label: string }>;

/** The host name of an install and how far it is, with a way to order it again. */
export function DomainFact({ install }: { readonly install: InstallDetails }): ReactElement {
  const { registryId, name, done } = useManaged();
  const action = useAction();
  const { domain, domainStatus } = install;
  if (domain === null) return <>Installs get none here</>;
  const { tone, label } = STATES[domainStatus.state];
  const isStuck = domainStatus.state === "error" || domainStatus.state === "provisioning_enqueue_failed";
  return (
    <span className="acme-inline">
      <code>{domain}</code> <Badge tone={tone}>{label}</Badge>
      {domainStatus.message !== undefined && <span className="acme-muted">{domainStatus.message}</span>}
      {isStuck && (
        <Button
          variant="link"
          loading={action.isBusy}
          onClick={() =>
            void action.run(async () => {
              await reprovision(registryId);
              await done(`The host name of ${name} was ordered again.`);
            })
          }
        >
          Order again
        </Button>
      )}
      {action.error !== null && <span role="alert">{action.error}</span>}
    </span>
  );
}
