import type { ReactElement } from "react";
import { NotFoundPage } from "../NotFoundPage.tsx";
import { decodeSegment } from "../router.ts";
import { ManagePage } from "./detail/ManagePage.tsx";
import { ExtensionsPage } from "./ExtensionsPage.tsx";
import { ApiKeysPage } from "./tenant/ApiKeysPage.tsx";
import { AuditPage } from "./tenant/AuditPage.tsx";
import { ReleaseLogPage } from "./tenant/ReleaseLogPage.tsx";

/** The page below `/admin/` that an address asks for. */
export function AdminPage({ pathname }: { readonly pathname: string }): ReactElement {
  const [, , name, target = "", tab, ...rest] = pathname.split("/");
  if (name === "extensions" && target !== "" && rest.length === 0) {
    return <ManagePage key={target} registryId={decodeSegment(target)} tab={tab} />;
  }
  if (target !== "" || tab !== undefined) return <NotFoundPage pathname={pathname} />;
  switch (name) {
    case "extensions":
      return <ExtensionsPage />;
    case "audit":
      return <AuditPage />;
    case "api-keys":
      return <ApiKeysPage />;
    case "release-log":
      return <ReleaseLogPage />;
    default:
      return <NotFoundPage pathname={pathname} />;
  }
}
