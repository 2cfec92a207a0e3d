import { buildExtUiSrc, isClientPath } from "@alga-ext/iframe-bridge";
import { createHostBridge, type CloseReason, type HostBridge } from "@alga-ext/iframe-bridge/host";
import { toContentHash, type InstallSummary } from "@alga-ext/protocol";
import {
  Alert,
  AlertDescription,
  AlertTitle,
  Button,
  Skeleton,
  darkTokens,
  lightTokens,
  useTheme,
} from "@alga-ext/ui-kit";
import { useEffect, useLayoutEffect, useRef, useState, type ReactElement } from "react";
import { extensionHref, navigate } from "../router.ts";

/** How long a frame may take to answer before people are told. */
const START_TIMEOUT_MS = 8_000;

/** Props of {@link ExtensionFrame}. */
export interface ExtensionFrameProps {
  readonly install: Pick<InstallSummary, "registryId" | "contentHash">;
  readonly name: string;
  /** Where the address says the extension is; changes while the frame stays. */
  readonly clientPath: string;
  readonly publicBase: string;
  readonly tenantId: string;
  /** Put a fresh frame in place. */
  readonly onRetry: () => void;
}

type Phase = "starting" | "ready" | "slow" | CloseReason;

/** The sandboxed frame of one extension with its bridge; its path and the address follow each other. */
export function ExtensionFrame(props: ExtensionFrameProps): ReactElement {
  const { install, name, publicBase, tenantId, onRetry } = props;
  const { registryId } = install;
  const clientPath = isClientPath(props.clientPath) ? props.clientPath : "/";
  const { resolvedMode } = useTheme();
  const tokens = resolvedMode === "dark" ? darkTokens : lightTokens;
  const frame = useRef<HTMLIFrameElement>(null);
  const bridge = useRef<HostBridge>(null);
  const [phase, setPhase] = useState<Phase>("starting");
  // Only the start: later moves go over the bridge, a new src would reload the frame.
  const [initialPath] = useState(clientPath);
  const framePath = useRef(initialPath);
  const start = useRef({ tokens });

  useLayoutEffect(() => {
    const iframe = frame.current;
    if (iframe === null) return;
    const timer = setTimeout(() => setPhase((now) => (now === "starting" ? "slow" : now)), START_TIMEOUT_MS);
    const opened = createHostBridge({
      iframe,
      extensionId: registryId,
      initialPath,
      themeTokens: start.current.tokens,
      onReady: () => setPhase("ready"),
      onNavigate(path, { replace }) {
        const address = toAddress(path);
        if (address === framePath.current) return;
        framePath.current = address;
        navigate(extensionHref(registryId, address), { replace });
      },
      onClose: (reason) => setPhase((now) => (reason === "closed_by_host" ? now : reason)),
    });
    bridge.current = opened;
    return () => {
      clearTimeout(timer);
      opened.close();
      bridge.current = null;
    };
  }, [registryId, initialPath]);

  useEffect(() => {
    if (clientPath === framePath.current) return;
    framePath.current = clientPath;
    bridge.current?.navigate(clientPath);
  }, [clientPath]);

  useEffect(() => bridge.current?.setTheme(tokens), [tokens]);

  const isFailed = phase !== "starting" && phase !== "ready";
  return (
    <div className="acme-frame" aria-busy={phase === "starting"}>
      {phase === "starting" && <FramePlaceholder name={name} />}
      {isFailed && (
        <div className="acme-frame__error">
          <Alert tone="danger">
            <AlertTitle>{phase === "slow" ? `${name} did not start` : `${name} stopped`}</AlertTitle>
            <AlertDescription>{explain(phase)}</AlertDescription>
            <Button variant="outline" size="sm" onClick={onRetry}>
              Try again
            </Button>
          </Alert>
        </div>
      )}
      <iframe
        ref={frame}
        title={name}
        src={buildExtUiSrc(registryId, toContentHash(install.contentHash), initialPath, {
          publicBase,
          tenantId,
        })}
        sandbox="allow-scripts allow-forms"
        referrerPolicy="no-referrer"
        data-phase={isFailed ? "failed" : phase}
      />
    </div>
  );
}

/** A path the way the address bar will hold it, so that it can be compared with what comes back from there. */
function toAddress(path: string): string {
  const { pathname, search, hash } = new URL(path, location.origin);
  return pathname + search + hash;
}

function FramePlaceholder({ name }: { readonly name: string }): ReactElement {
  return (
    <div className="acme-frame__placeholder">
      <output className="alga-visually-hidden">Loading {name}</output>
      <Skeleton width={220} height={28} />
      <Skeleton width={340} />
      <Skeleton variant="rectangular" height={240} />
    </div>
  );
}

function explain(phase: Phase): string {
  switch (phase) {
    case "slow":
      return "Its page could not be loaded, or it does not answer. The extension service may be down.";
    case "document_replaced":
      return "Its page was left or reloaded, so Acme PSA cut the connection.";
    case "closed_by_frame":
      return "It closed the connection itself.";
    default:
      return "It did not follow the rules of the connection, so Acme PSA cut it.";
  }
}
