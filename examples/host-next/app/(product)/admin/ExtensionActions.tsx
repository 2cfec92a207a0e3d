"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition, type ReactElement } from "react";
import type { Grants } from "@alga-ext/protocol";

/** Props of {@link ExtensionActions}. */
export interface ExtensionActionsProps {
  readonly registryId: string;
  readonly name: string;
  /** The newest version that can be installed, and all it asks for. */
  readonly offer: { readonly version: string; readonly grants: Grants } | null;
  readonly isInstalled: boolean;
  readonly isEnabled: boolean;
}

/** Install, switch and uninstall, through the registry's management API. */
export function ExtensionActions(props: ExtensionActionsProps): ReactElement {
  const { registryId, name, offer, isInstalled, isEnabled } = props;
  const router = useRouter();
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, startTransition] = useTransition();

  const act = (method: string, verb: string, body?: object): void =>
    startTransition(async () => {
      const response = await fetch(`/api/extensions/${registryId}/${verb}`, {
        method,
        ...(body === undefined
          ? {}
          : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      }).catch(() => null);
      setProblem(response?.ok === true ? null : await explain(response));
      // The menu and this page are rendered from the registry again.
      router.refresh();
    });

  return (
    <div className="actions" aria-busy={isBusy}>
      {!isInstalled && offer !== null && (
        <button
          type="button"
          className="primary"
          disabled={isBusy}
          onClick={() => act("POST", "install", offer)}
        >
          Allow and install {name}
        </button>
      )}
      {isInstalled && (
        <button
          type="button"
          disabled={isBusy}
          onClick={() => act("POST", "enabled", { enabled: !isEnabled })}
        >
          {isEnabled ? "Switch off" : "Switch on"}
        </button>
      )}
      {isInstalled && (
        <button type="button" disabled={isBusy} onClick={() => act("DELETE", "install")}>
          Uninstall
        </button>
      )}
      {problem !== null && (
        <p role="alert" className="problem">
          {problem}
        </p>
      )}
    </div>
  );
}

async function explain(response: Response | null): Promise<string> {
  if (response === null) return "The server cannot be reached. Try again.";
  const body = (await response.json().catch(() => null)) as { message?: unknown } | null;
  return typeof body?.message === "string" ? body.message : `The server answered ${response.status}.`;
}
