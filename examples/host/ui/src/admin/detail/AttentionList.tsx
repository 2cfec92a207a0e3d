import { Alert, AlertTitle } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { Link } from "../../Link.tsx";
import { adminHref } from "../../router.ts";
import { plural } from "../parts/format.ts";
import { useManagedInstall } from "./managed.ts";

/** What waits for an administrator, each with the way there. */
export function AttentionList(): ReactElement {
  const { registryId, data, entry, install } = useManagedInstall();
  const { pendingConsent, askedByUpdate, settingProblems, version } = install;
  const current =
    data.versions.items.find((one) => one.version === version) ??
    entry?.versions.find((one) => one.version === version);
  const status = current?.status ?? "published";
  const isClear = pendingConsent.length === 0 && settingProblems.length === 0 && status === "published";
  return (
    <>
      {isClear && <Alert tone="success">Nothing waits for you here.</Alert>}
      {(status === "yanked" || status === "deprecated") && (
        <Alert tone="warning">
          <AlertTitle>
            {status === "yanked"
              ? `Version ${version} was withdrawn by its publisher`
              : `The publisher advises against version ${version}`}
          </AlertTitle>
          {current?.reason === undefined || current.reason === null
            ? "No reason is given."
            : `Because: “${current.reason}”.`}{" "}
          It runs on until you change it. <Link href={adminHref(registryId, "versions")}>See versions</Link>
        </Alert>
      )}
      {pendingConsent.length > 0 && (
        <Alert tone="info">
          <AlertTitle>{plural(pendingConsent.length, "permission")} not granted</AlertTitle>
          {askedByUpdate.length > 0 && `${askedByUpdate.length} of them came with an update. `}
          What needs one is refused, the rest works.{" "}
          <Link href={adminHref(registryId, "permissions")}>Review permissions</Link>
        </Alert>
      )}
      {settingProblems.length > 0 && (
        <Alert tone="warning">
          <AlertTitle>
            {plural(settingProblems.length, "setting")} {settingProblems.length === 1 ? "needs" : "need"}{" "}
            attention
          </AlertTitle>
          <Link href={adminHref(registryId, "settings")}>Open settings</Link>
        </Alert>
      )}
    </>
  );
}
