import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import type { ReactElement, ReactNode, RefObject } from "react";
import { classNames } from "../internal/classNames.ts";
import { Icon } from "../internal/Icon.tsx";
import { Button } from "./Button.tsx";

/** Props of {@link Dialog}. */
export interface DialogProps {
  readonly isOpen: boolean;
  /** Called for the close button, Escape and a click outside. */
  readonly onClose: () => void;
  readonly title?: ReactNode;
  /** One sentence below the title, spoken with it. */
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  /** Actions, kept in view below the scrolling content. */
  readonly footer?: ReactNode;
  /** @default "md" */
  readonly size?: "sm" | "md" | "lg";
  readonly className?: string;
  /** Name of a dialog without a title. */
  readonly "aria-label"?: string;
  /** What gets focus first. @default the first thing that can */
  readonly initialFocus?: RefObject<HTMLElement | null>;
}

/** A modal window: focus stays inside, Escape closes it, focus returns to where it was. */
export function Dialog({
  isOpen,
  onClose,
  title,
  description,
  children,
  footer,
  size = "md",
  className,
  "aria-label": ariaLabel,
  initialFocus,
}: DialogProps): ReactElement {
  return (
    <BaseDialog.Root
      open={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="alga-dialog__backdrop" />
        <BaseDialog.Viewport className="alga-dialog__viewport">
          <BaseDialog.Popup
            className={classNames("alga-dialog", `alga-dialog--${size}`, className)}
            {...(ariaLabel === undefined ? {} : { "aria-label": ariaLabel })}
            {...(initialFocus === undefined ? {} : { initialFocus })}
          >
            <div className="alga-dialog__header alga-dialog__header--closable">
              <div className="alga-dialog__heading">
                {title !== undefined && (
                  <BaseDialog.Title className="alga-dialog__title">{title}</BaseDialog.Title>
                )}
                {description !== undefined && (
                  <BaseDialog.Description className="alga-dialog__description">
                    {description}
                  </BaseDialog.Description>
                )}
              </div>
            </div>
            <div className="alga-dialog__content">{children}</div>
            {footer !== undefined && <div className="alga-dialog__footer">{footer}</div>}
            {/* Last in order, so that focus starts on the content. */}
            <BaseDialog.Close
              render={
                <Button variant="ghost" size="icon" aria-label="Close" className="alga-dialog__close" />
              }
            >
              <Icon name="close" />
            </BaseDialog.Close>
          </BaseDialog.Popup>
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
