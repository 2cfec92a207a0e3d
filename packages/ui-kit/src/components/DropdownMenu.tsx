import { Menu } from "@base-ui/react/menu";
import { Fragment, type CSSProperties, type ReactElement, type ReactNode } from "react";
import { classNames } from "../internal/classNames.ts";

/** One entry of a {@link DropdownMenu}. */
export interface DropdownMenuItem {
  readonly key: string;
  readonly label?: ReactNode;
  readonly onClick?: () => void;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  /** A line above this entry, or only a line when there is no label. */
  readonly divider?: boolean;
  readonly icon?: ReactNode;
}

/** Props of {@link DropdownMenu}. */
export interface DropdownMenuProps {
  /** A button; it gets the menu's ARIA attributes. */
  readonly trigger: ReactElement;
  readonly items: readonly DropdownMenuItem[];
  /** Which edge of the trigger the menu lines up with. @default "left" */
  readonly align?: "left" | "right";
  readonly className?: string;
  readonly style?: CSSProperties;
}

/** A menu of actions: arrows, Home, End and typing move, Escape closes and gives focus back. */
export function DropdownMenu({
  trigger,
  items,
  align = "left",
  className,
  style,
}: DropdownMenuProps): ReactElement {
  return (
    <Menu.Root>
      <Menu.Trigger render={trigger} />
      <Menu.Portal>
        <Menu.Positioner
          className="alga-menu__positioner"
          align={align === "right" ? "end" : "start"}
          sideOffset={6}
          collisionPadding={8}
        >
          <Menu.Popup className={classNames("alga-menu", className)} style={style}>
            {items.map((item) => (
              <Fragment key={item.key}>
                {item.divider === true && <Menu.Separator className="alga-menu__separator" />}
                {item.label !== undefined && (
                  <Menu.Item
                    className={classNames(
                      "alga-menu__item",
                      item.danger === true && "alga-menu__item--danger",
                    )}
                    disabled={item.disabled ?? false}
                    {...(item.onClick === undefined ? {} : { onClick: item.onClick })}
                  >
                    {item.icon}
                    {item.label}
                  </Menu.Item>
                )}
              </Fragment>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
