import { Tooltip as BaseTooltip } from "@base-ui/react/tooltip";
import { cloneElement, useId, useState, type ReactElement, type ReactNode } from "react";

/** Props of {@link Tooltip}. */
export interface TooltipProps {
  readonly content: ReactNode;
  /** What it is about; must be able to take focus. */
  readonly children: ReactElement<{ "aria-describedby"?: string }>;
  /** Flips when there is no room. @default "top" */
  readonly position?: "top" | "bottom" | "left" | "right";
  /** Alias of `position`, as older documentation has it. */
  readonly placement?: "top" | "bottom" | "left" | "right";
  /** Milliseconds before it shows. @default 200 */
  readonly delay?: number;
  /** @default false */
  readonly disabled?: boolean;
}

/** A short explanation on hover and on focus, tied to its trigger as a description; Escape hides it. */
export function Tooltip({
  content,
  children,
  placement = "top",
  position = placement,
  delay = 200,
  disabled = false,
}: TooltipProps): ReactElement {
  const id = useId();
  const [open, setOpen] = useState(false);
  if (disabled) return children;
  const trigger = open ? cloneElement(children, { "aria-describedby": id }) : children;
  return (
    <BaseTooltip.Root open={open} onOpenChange={setOpen}>
      <BaseTooltip.Trigger delay={delay} render={trigger} />
      <BaseTooltip.Portal>
        <BaseTooltip.Positioner
          side={position}
          sideOffset={6}
          collisionPadding={8}
          className="alga-tooltip__positioner"
        >
          <BaseTooltip.Popup id={id} role="tooltip" className="alga-tooltip">
            {content}
          </BaseTooltip.Popup>
        </BaseTooltip.Positioner>
      </BaseTooltip.Portal>
    </BaseTooltip.Root>
  );
}
