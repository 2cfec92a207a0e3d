import type { CSSProperties, MouseEvent, ReactElement, ReactNode } from "react";
import { classNames } from "../internal/classNames.ts";

/** One step of {@link Breadcrumbs}; the last one is the current page. */
export interface BreadcrumbItem {
  readonly label: ReactNode;
  readonly href?: string;
  readonly onClick?: (event: MouseEvent<HTMLElement>) => void;
}

/** Props of {@link Breadcrumbs}. */
export interface BreadcrumbsProps {
  readonly items: readonly BreadcrumbItem[];
  /** @default "/" */
  readonly separator?: ReactNode;
  readonly className?: string;
  readonly style?: CSSProperties;
  /** Name of the landmark. @default "Breadcrumb" */
  readonly "aria-label"?: string;
}

/** The way from the start to the current page. Steps with `href` are links, with only `onClick` buttons. */
export function Breadcrumbs({
  items,
  separator = "/",
  className,
  style,
  "aria-label": ariaLabel = "Breadcrumb",
}: BreadcrumbsProps): ReactElement {
  return (
    <nav aria-label={ariaLabel} className={classNames("alga-breadcrumbs", className)} style={style}>
      <ol>
        {items.map((item, index) => (
          // eslint-disable-next-line react/no-array-index-key -- a path has no identity but its position
          <li key={index}>
            {index > 0 && (
              <span className="alga-breadcrumbs__separator" aria-hidden="true">
                {separator}
              </span>
            )}
            <Step item={item} isCurrent={index === items.length - 1} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Step({
  item,
  isCurrent,
}: {
  readonly item: BreadcrumbItem;
  readonly isCurrent: boolean;
}): ReactElement {
  const current = isCurrent ? ({ "aria-current": "page" } as const) : {};
  if (item.href !== undefined) {
    return (
      <a className="alga-breadcrumbs__step" href={item.href} onClick={item.onClick} {...current}>
        {item.label}
      </a>
    );
  }
  if (item.onClick !== undefined) {
    return (
      <button type="button" className="alga-breadcrumbs__step" onClick={item.onClick} {...current}>
        {item.label}
      </button>
    );
  }
  return (
    <span className="alga-breadcrumbs__step" {...current}>
      {item.label}
    </span>
  );
}
