"use client";

import { usePathname } from "next/navigation";
import { useEffect, useRef, useState, type ReactElement } from "react";
import { isClientPath } from "@alga-ext/iframe-bridge";
import { createHostBridge, readThemeTokens, type HostBridge } from "@alga-ext/iframe-bridge/host";

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
export function ExtensionFrame({ extensionId, name, ...props }: ExtensionFrameProps): ReactElement {
  const frame = useRef<HTMLIFrameElement>(null);
  const bridge = useRef<HostBridge>(null);
  // Only the start: later moves go over the bridge, a new src would load the frame anew.
  const [{ initialPath, src }] = useState(props);
  const framePath = useRef(initialPath);
  const [attempt, setAttempt] = useState(0);
  const [isStopped, setIsStopped] = useState(false);
  const prefix = `/extensions/${extensionId}`;
  const asked = usePathname().slice(prefix.length) || "/";

  useEffect(() => {
    const iframe = frame.current;
    if (iframe === null) return;
    const root = document.documentElement;
    const opened = createHostBridge({
      iframe,
      extensionId,
      initialPath,
      themeTokens: readThemeTokens(root),
      onNavigate(path, { replace }) {
        framePath.current = new URL(path, location.origin).pathname;
        // `usePathname` follows these, and nothing is rendered on the server.
        if (replace) history.replaceState(null, "", prefix + path);
        else history.pushState(null, "", prefix + path);
      },
      onClose: (reason) => setIsStopped(reason !== "closed_by_host"),
    });
    bridge.current = opened;
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const repaint = (): void => opened.setTheme(readThemeTokens(root));
    scheme.addEventListener("change", repaint);
    iframe.src = src;
    return () => {
      scheme.removeEventListener("change", repaint);
      opened.close();
    };
  }, [extensionId, prefix, initialPath, src, attempt]);

  // Back, forward and links of the menu move the frame that is there.
  useEffect(() => {
    if (asked === framePath.current || !isClientPath(asked)) return;
    framePath.current = asked;
    bridge.current?.navigate(asked);
  }, [asked]);

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
