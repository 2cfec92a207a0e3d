import type { FrameBridge } from "@alga-ext/iframe-bridge/frame";
import { useCallback, useEffect, useState, type ReactNode } from "react";
import { SdkError } from "../../errors.ts";
import { createApiClient } from "../api-client.ts";
import { applyThemeTokens } from "../apply-theme-tokens.ts";
import { connect as connectHost } from "../connect.ts";
import { ExtensionContext, type ExtensionContextValue } from "./ExtensionContext.ts";
import { createRouteStore } from "./createRouteStore.ts";

/** Props of {@link ExtensionProvider}. */
export interface ExtensionProviderProps {
  readonly children: ReactNode;
  /** Shown until the host has answered. */
  readonly loading?: ReactNode;
  /** Shown when there is no host, or it closed the bridge. */
  readonly renderError?: (error: Error, retry: () => void) => ReactNode;
  /** How to reach the host; tests and previews pass their own. @default connect */
  readonly connect?: () => Promise<FrameBridge>;
}

type Connection =
  | { readonly phase: "connecting" }
  | { readonly phase: "connected"; readonly value: ExtensionContextValue }
  | { readonly phase: "failed"; readonly error: Error };

const connectPlain = (): Promise<FrameBridge> => connectHost({ applyTheme: false });

/**
 * Connect to the host and give the hooks below it what they need; applies the host's theme to `:root`, live.
 *
 * @example
 * createRoot(root).render(<ExtensionProvider><App /></ExtensionProvider>);
 */
export function ExtensionProvider(props: ExtensionProviderProps): ReactNode {
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return <ConnectionAttempt key={attempt} {...props} retry={retry} />;
}

function ConnectionAttempt(props: ExtensionProviderProps & { readonly retry: () => void }): ReactNode {
  const { connect = connectPlain } = props;
  const [connection, setConnection] = useState<Connection>({ phase: "connecting" });

  useEffect(() => {
    let current = true;
    const unsubscribe: (() => void)[] = [];
    const fail = (error: Error): void => {
      if (current) setConnection({ phase: "failed", error });
    };
    connect().then(
      (bridge) => {
        if (!current) return;
        applyThemeTokens(bridge.themeTokens);
        unsubscribe.push(
          bridge.onTheme((tokens) => applyThemeTokens(tokens)),
          bridge.onClose(() => fail(new SdkError("host_unavailable", "The host closed the connection."))),
        );
        setConnection({
          phase: "connected",
          value: { bridge, api: createApiClient(bridge), route: createRouteStore(bridge) },
        });
      },
      (error: unknown) => {
        fail(
          error instanceof Error
            ? error
            : new SdkError("host_unavailable", "No host answered.", { cause: error }),
        );
      },
    );
    // The bridge belongs to the document, not to this component: it stays open over a remount.
    return () => {
      current = false;
      for (const stop of unsubscribe) stop();
    };
  }, [connect]);

  if (connection.phase === "connected") {
    return <ExtensionContext.Provider value={connection.value}>{props.children}</ExtensionContext.Provider>;
  }
  if (connection.phase === "connecting") return props.loading ?? <output>Loading…</output>;
  if (props.renderError !== undefined) return props.renderError(connection.error, props.retry);
  return (
    <div role="alert">
      <p>This extension could not reach the application it belongs to.</p>
      <button type="button" onClick={props.retry}>
        Try again
      </button>
    </div>
  );
}
