import type { InstallSummary } from "@alga-ext/protocol";
import { LoadingIndicator } from "@alga-ext/ui-kit";
import { useCallback, useEffect, useMemo, useState, type ReactElement } from "react";
import { CallsPage } from "./admin/CallsPage.tsx";
import { ExtensionsPage } from "./admin/ExtensionsPage.tsx";
import { SIGNED_OUT_EVENT, api, messageOf, type Session } from "./api.ts";
import { DashboardPage } from "./dashboard/DashboardPage.tsx";
import { ExtensionPage } from "./extension/ExtensionPage.tsx";
import { LoginPage } from "./login/LoginPage.tsx";
import { MessagePage } from "./MessagePage.tsx";
import { navigate, usePlace, type Place } from "./router.ts";
import { AppContext, type AppState } from "./session.ts";
import { Shell } from "./shell/Shell.tsx";

type SessionState =
  | { readonly phase: "unknown" | "anonymous" }
  | { readonly phase: "failed"; readonly message: string }
  | { readonly phase: "open"; readonly session: Session };

async function readSession(): Promise<SessionState> {
  try {
    const session = await api.session();
    return session === null ? { phase: "anonymous" } : { phase: "open", session };
  } catch (error) {
    return { phase: "failed", message: messageOf(error) };
  }
}

/** Null when they cannot be read; the navigation then shows what it knew before. */
async function readInstalls(): Promise<readonly InstallSummary[] | null> {
  return api.installs().catch(() => null);
}

/** The whole app: login or shell, and the page the address asks for. */
export function App(): ReactElement {
  const place = usePlace();
  const [state, setState] = useState<SessionState>({ phase: "unknown" });
  const [installs, setInstalls] = useState<readonly InstallSummary[] | null>(null);

  const loadSession = useCallback(async () => setState(await readSession()), []);
  const refreshInstalls = useCallback(async () => {
    const found = await readInstalls();
    setInstalls((known) => found ?? known ?? []);
  }, []);
  const signOut = useCallback(async () => {
    await api.logout();
    setInstalls(null);
    setState({ phase: "anonymous" });
    navigate("/login");
  }, []);

  useEffect(() => void readSession().then(setState), []);
  useEffect(() => {
    const onSignedOut = (): void => {
      setInstalls(null);
      setState({ phase: "anonymous" });
    };
    addEventListener(SIGNED_OUT_EVENT, onSignedOut);
    return () => removeEventListener(SIGNED_OUT_EVENT, onSignedOut);
  }, []);
  const isOpen = state.phase === "open";
  useEffect(() => {
    if (!isOpen) return;
    void readInstalls().then((found) => setInstalls(found ?? []));
  }, [isOpen]);

  const here = place.pathname + place.search + place.hash;
  useEffect(() => {
    if (state.phase === "anonymous" && place.pathname !== "/login") {
      navigate(here === "/" ? "/login" : `/login?next=${encodeURIComponent(here)}`, { replace: true });
    }
    if (state.phase === "open" && place.pathname === "/login")
      navigate(nextOf(place.search), { replace: true });
  }, [state.phase, place, here]);

  const app = useMemo<AppState | null>(
    () => (state.phase === "open" ? { session: state.session, installs, refreshInstalls, signOut } : null),
    [state, installs, refreshInstalls, signOut],
  );

  if (state.phase === "failed") {
    return (
      <main className="acme-center">
        <MessagePage
          title="Acme PSA is not available"
          actionLabel="Try again"
          onAction={() => void loadSession()}
        >
          {state.message}
        </MessagePage>
      </main>
    );
  }
  if (state.phase === "anonymous") return <LoginPage onSignedIn={loadSession} />;
  if (app === null) {
    return (
      <main className="acme-center">
        <LoadingIndicator text="Loading Acme PSA" layout="stacked" />
      </main>
    );
  }
  return (
    <AppContext value={app}>
      <Shell pathname={place.pathname}>
        <Page app={app} place={place} />
      </Shell>
    </AppContext>
  );
}

interface PageProps {
  readonly app: AppState;
  readonly place: Place;
}

function Page({ app, place }: PageProps): ReactElement {
  const { pathname, search, hash } = place;
  const [, section, registryId, ...rest] = pathname.split("/");
  const isAdmin = app.session.user.role === "admin";
  if (pathname === "/") return <DashboardPage />;
  if (section === "extensions" && registryId !== undefined && registryId !== "") {
    const id = decode(registryId);
    return <ExtensionPage key={id} registryId={id} clientPath={`/${rest.join("/")}${search}${hash}`} />;
  }
  if (section === "admin" && registryId === "extensions") {
    if (!isAdmin) return <AdminsOnly tenantName={app.session.user.tenantName} />;
    const [target, page] = rest;
    if (target === undefined || target === "") return <ExtensionsPage />;
    if (page === "calls" && rest.length === 2) return <CallsPage key={target} registryId={decode(target)} />;
  }
  return (
    <MessagePage title="Page not found" actionLabel="Go to the dashboard" onAction={() => navigate("/")}>
      There is nothing at <code>{pathname}</code>. It may have moved, or the address has a typing error.
    </MessagePage>
  );
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

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Where to go after the login; only paths of this app, so that a link cannot send people elsewhere. */
function nextOf(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  const url = new URL(next, location.origin);
  return url.origin === location.origin && next.startsWith("/") && url.pathname !== "/login"
    ? url.pathname + url.search + url.hash
    : "/";
}
