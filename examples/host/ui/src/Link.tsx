import type { ComponentPropsWithoutRef, MouseEvent, ReactElement } from "react";
import { navigate } from "./router.ts";

/** Props of {@link Link}. */
export interface LinkProps extends ComponentPropsWithoutRef<"a"> {
  readonly href: string;
}

/** A link within the app; a modified click still opens a tab. */
export function Link({ href, onClick, children, ...rest }: LinkProps): ReactElement {
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        onClick?.(event);
        if (!event.defaultPrevented && isPlainClick(event)) {
          event.preventDefault();
          navigate(href);
        }
      }}
    >
      {children}
    </a>
  );
}

/** Whether a click means "go there in this tab". */
export function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}
