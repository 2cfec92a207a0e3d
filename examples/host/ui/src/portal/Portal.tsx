import type { ReactElement } from "react";
import { listPortalExtensions } from "../api/portal.ts";
import { decodeSegment, type Place } from "../router.ts";
import { Shell } from "../shell/Shell.tsx";
import { useLoaded } from "../useLoaded.ts";
import { PortalExtensionPage } from "./PortalExtensionPage.tsx";
import { PortalHome } from "./PortalHome.tsx";
import { PortalNavigation } from "./PortalNavigation.tsx";

/** What somebody of a client sees instead of the app: the extensions that are open to clients. */
export function Portal({ place }: { readonly place: Place }): ReactElement {
  const extensions = useLoaded(listPortalExtensions);
  const { pathname, search, hash } = place;
  const [, section, registryId, ...rest] = pathname.split("/");
  const id = section === "extensions" && registryId !== undefined ? decodeSegment(registryId) : "";
  return (
    <Shell
      pathname={pathname}
      navigation={<PortalNavigation pathname={pathname} extensions={extensions.value} />}
    >
      {pathname === "/" ? (
        <PortalHome extensions={extensions} />
      ) : (
        <PortalExtensionPage
          key={id}
          extension={extensions.value?.find((one) => one.registryId === id)}
          isLoading={extensions.isLoading}
          clientPath={`/${rest.join("/")}${search}${hash}`}
        />
      )}
    </Shell>
  );
}
