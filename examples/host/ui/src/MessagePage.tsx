import { Button } from "@alga-ext/ui-kit";
import type { ReactElement, ReactNode } from "react";
import { useTitle } from "./useTitle.ts";

/** Props of {@link MessagePage}. */
export interface MessagePageProps {
  readonly title: string;
  /** Small line above the title, such as a status code. */
  readonly status?: string;
  readonly children: ReactNode;
  readonly actionLabel?: string;
  readonly onAction?: () => void;
}

/** A page that has only one thing to say. */
export function MessagePage({
  title,
  status,
  children,
  actionLabel,
  onAction,
}: MessagePageProps): ReactElement {
  useTitle(title);
  return (
    <div className="acme-message">
      {status !== undefined && <p className="acme-message__status">{status}</p>}
      <h1>{title}</h1>
      <p className="acme-message__text">{children}</p>
      {actionLabel !== undefined && <Button onClick={onAction}>{actionLabel}</Button>}
    </div>
  );
}
