import { useState, type ReactElement } from "react";
import { useApp } from "../session.ts";
import { useTitle } from "../useTitle.ts";
import { ExtensionFrame, type ExtensionFrameProps } from "./ExtensionFrame.tsx";

/** A full-height page that is an extension's frame; trying again puts a fresh one in place. */
export function FramedExtension({
  install,
  name,
  clientPath,
}: Pick<ExtensionFrameProps, "install" | "name" | "clientPath">): ReactElement {
  const { session } = useApp();
  const [attempt, setAttempt] = useState(0);
  useTitle(name);
  return (
    <>
      <h1 className="alga-visually-hidden">{name}</h1>
      <ExtensionFrame
        key={`${install.contentHash}:${attempt}`}
        install={install}
        name={name}
        clientPath={clientPath}
        publicBase={session.runnerPublicBase}
        tenantId={session.user.tenantId}
        onRetry={() => setAttempt(attempt + 1)}
      />
    </>
  );
}
