import type { InstallDetails } from "@alga-ext/protocol";
import { LoadingIndicator } from "@alga-ext/ui-kit";
import { useCallback, useEffect, useMemo, useState, type ReactElement } from "react";
import { logout, readSession, type Session } from "./api/account.ts";
import { listInstalls } from "./api/installs.ts";
import { SIGNED_OUT_EVENT, messageOf } from "./api/request.ts";
import { LoginPage } from "./login/LoginPage.tsx";
import { MessagePage } from "./MessagePage.tsx";
import { Page } from "./Page.tsx";
import { Portal } from "./portal/Portal.tsx";
import { navigate, usePlace } from "./router.ts";
import { AppContext, type AppState } from "./session.ts";
import { Navigation } from "./shell/Navigation.tsx";
import { Shell } from "./shell/Shell.tsx";

type SessionState =
  | { readonly phase: "unknown" | "anonymous" }
  | { readonly phase: "failed"; readonly message: string }
  | { readonly phase: "open"; readonly session: Session };

async function openSession(): Promise<SessionState> {
  try {
    const session = await readSession();
    return session === null ? { phase: "anonymous" } : { phase: "open", session };
  } catch (error) {
    return { phase: "failed", message: messageOf(error) };
  }
}

/** Null when they cannot be read; the navigation then shows what it knew before. */
async function readInstalls(): Promise<readonly InstallDetails[] | null> {
  return listInstalls().catch(() => null);
}

/** The whole app: login or shell, and the page the address asks for. */
export function App(): ReactElement {
  const place = usePlace();
  const [state, setState] = useState<SessionState>({ phase: "unknown" });
  const [installs, setInstalls] = useState<readonly InstallDetails[] | null>(null);

  const loadSession = useCallback(async () => setState(await openSession()), []);
  const refreshInstalls = useCallback(async () => {
    const found = await readInstalls();
    setInstalls((known) => found ?? known ?? []);
  }, []);
  const signOut = useCallback(async () => {
    await logout();
    setInstalls(null);
    setState({ phase: "anonymous" });
    navigate("/login");
  }, []);

  useEffect(() => void openSession().then(setState), []);
  useEffect(() => {
    const onSignedOut = (): void => {
      setInstalls(null);
      setState({ phase: "anonymous" });
    };
    addEventListener(SIGNED_OUT_EVENT, onSignedOut);
    return () => removeEventListener(SIGNED_OUT_EVENT, onSignedOut);
  }, []);
  // What is installed is not for clients: the portal asks for what is theirs.
  const isStaff = state.phase === "open" && state.session.user.role !== "client";
  useEffect(() => {
    if (!isStaff) return;
    void readInstalls().then((found) => setInstalls(found ?? []));
  }, [isStaff]);

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
      {isStaff ? (
        <Shell pathname={place.pathname} navigation={<Navigation pathname={place.pathname} />}>
          <Page place={place} />
        </Shell>
      ) : (
        <Portal place={place} />
      )}
    </AppContext>
  );
}

/** Where to go after the login; only paths of this app, so that a link cannot send people elsewhere. */
function nextOf(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  const url = new URL(next, location.origin);
  return url.origin === location.origin && next.startsWith("/") && url.pathname !== "/login"
    ? url.pathname + url.search + url.hash
    : "/";
}
