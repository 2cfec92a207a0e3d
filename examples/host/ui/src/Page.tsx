import { LoadingIndicator } from "@alga-ext/ui-kit";
import { lazy, Suspense, type ReactElement } from "react";
import { DashboardPage } from "./dashboard/DashboardPage.tsx";
import { ExtensionPage } from "./extension/ExtensionPage.tsx";
import { MessagePage } from "./MessagePage.tsx";
import { NotFoundPage } from "./NotFoundPage.tsx";
import { decodeSegment, navigate, type Place } from "./router.ts";
import { useApp } from "./session.ts";

// Most people never manage anything.
const AdminPage = lazy(async () => ({ default: (await import("./admin/AdminPage.tsx")).AdminPage }));

/** The page that an address asks for. */
export function Page({ place }: { readonly place: Place }): ReactElement {
  const { user } = useApp().session;
  const { pathname, search, hash } = place;
  const [, section, registryId, ...rest] = pathname.split("/");
  if (pathname === "/") return <DashboardPage />;
  if (section === "extensions" && registryId !== undefined && registryId !== "") {
    const id = decodeSegment(registryId);
    return <ExtensionPage key={id} registryId={id} clientPath={`/${rest.join("/")}${search}${hash}`} />;
  }
  if (section === "admin") {
    if (user.role !== "admin") return <AdminsOnly tenantName={user.tenantName} />;
    return (
      <Suspense fallback={<LoadingIndicator text="Loading" layout="stacked" />}>
        <AdminPage pathname={pathname} />
      </Suspense>
    );
  }
  return <NotFoundPage pathname={pathname} />;
}

function AdminsOnly({ tenantName }: { readonly tenantName: string }): ReactElement {
  return (
    <MessagePage
      title="Only administrators can manage extensions"
      status="403"
      actionLabel="Go to the dashboard"
      onAction={() => navigate("/")}
    >
      Installing an extension lets other people’s code work with the data of {tenantName}, so an administrator
      decides about it. You can use every extension that is already installed.
    </MessagePage>
  );
}
