"use client";

import { useEffect, useRef, useState, type ReactElement } from "react";
import { createHostBridge, readThemeTokens } from "@alga-ext/iframe-bridge/host";

/** Props of {@link ExtensionFrame}. */
export interface ExtensionFrameProps {
  readonly extensionId: string;
  readonly name: string;
  readonly initialPath: string;
  readonly src: string;
}

/**
 * The sandboxed frame of an extension with its bridge: calls go out as this page's own, with its session.
 *
 * `src` is set after the bridge listens, or a fast frame could say hello to nobody.
 */
export function ExtensionFrame({ extensionId, name, initialPath, src }: ExtensionFrameProps): ReactElement {
  const frame = useRef<HTMLIFrameElement>(null);
  const [attempt, setAttempt] = useState(0);
  const [isStopped, setIsStopped] = useState(false);

  useEffect(() => {
    const iframe = frame.current;
    if (iframe === null) return;
    const root = document.documentElement;
    const bridge = createHostBridge({
      iframe,
      extensionId,
      initialPath,
      themeTokens: readThemeTokens(root),
      onNavigate(path, { replace }) {
        const address = `/extensions/${extensionId}${path}`;
        // Next.js follows these: its router knows the address, and nothing is rendered anew.
        if (replace) history.replaceState(null, "", address);
        else history.pushState(null, "", address);
      },
      onClose: (reason) => setIsStopped(reason !== "closed_by_host"),
    });
    const back = (): void =>
      bridge.navigate(location.pathname.slice(`/extensions/${extensionId}`.length) || "/");
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const repaint = (): void => bridge.setTheme(readThemeTokens(root));
    addEventListener("popstate", back);
    scheme.addEventListener("change", repaint);
    iframe.src = src;
    return () => {
      removeEventListener("popstate", back);
      scheme.removeEventListener("change", repaint);
      bridge.close();
    };
  }, [extensionId, initialPath, src, attempt]);

  if (isStopped) {
    const again = (): void => {
      setIsStopped(false);
      setAttempt(attempt + 1);
    };
    return (
      <div role="alert" className="stopped">
        <p>{name} stopped.</p>
        <button type="button" onClick={again}>
          Try again
        </button>
      </div>
    );
  }
  return (
    <iframe
      key={attempt}
      ref={frame}
      title={name}
      sandbox="allow-scripts allow-forms"
      referrerPolicy="no-referrer"
    />
  );
}
