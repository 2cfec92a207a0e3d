import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useRef, type ReactElement, type ReactNode } from "react";
import { Button } from "./Button.tsx";

/** Props of {@link ConfirmDialog}. */
export interface ConfirmDialogProps {
  readonly isOpen: boolean;
  /** @default "Confirm Action" */
  readonly title?: ReactNode;
  readonly message?: ReactNode;
  /** @default "Confirm" */
  readonly confirmLabel?: string;
  /** Deprecated alias of `confirmLabel`. */
  readonly confirmText?: string;
  /** @default "Cancel" */
  readonly cancelLabel?: string;
  /** @default "default" */
  readonly variant?: "default" | "danger";
  /** @default false */
  readonly confirmDisabled?: boolean;
  /** Shows that the confirmed work is under way. @default false */
  readonly loading?: boolean;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
  /** More below the message, for example what exactly will be deleted. */
  readonly children?: ReactNode;
}

/** Asks before something happens. Closing it in any way but the confirm button cancels. */
export function ConfirmDialog({
  isOpen,
  title = "Confirm Action",
  message,
  confirmText,
  confirmLabel = confirmText ?? "Confirm",
  cancelLabel = "Cancel",
  variant = "default",
  confirmDisabled = false,
  loading = false,
  onConfirm,
  onCancel,
  children,
}: ConfirmDialogProps): ReactElement {
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <AlertDialog.Root
      open={isOpen}
      onOpenChange={(open) => {
        if (!open) onCancel();
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="alga-dialog__backdrop" />
        <AlertDialog.Viewport className="alga-dialog__viewport">
          {/* A reflexive Enter must not destroy anything: focus starts on cancel. */}
          <AlertDialog.Popup className="alga-dialog alga-dialog--sm" initialFocus={cancel}>
            <div className="alga-dialog__header">
              <div className="alga-dialog__heading">
                <AlertDialog.Title className="alga-dialog__title">{title}</AlertDialog.Title>
                {message !== undefined && (
                  <AlertDialog.Description className="alga-dialog__description">
                    {message}
                  </AlertDialog.Description>
                )}
              </div>
            </div>
            {children !== undefined && <div className="alga-dialog__content">{children}</div>}
            <div className="alga-dialog__footer">
              <Button ref={cancel} variant="outline" onClick={onCancel}>
                {cancelLabel}
              </Button>
              <Button
                variant={variant === "danger" ? "destructive" : "primary"}
                disabled={confirmDisabled}
                loading={loading}
                onClick={onConfirm}
              >
                {confirmLabel}
              </Button>
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
