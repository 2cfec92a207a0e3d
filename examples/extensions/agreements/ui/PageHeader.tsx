import { Breadcrumbs, type BreadcrumbItem } from "@alga-ext/ui-kit";
import { useEffect, useRef, type ReactElement, type ReactNode } from "react";

/** The top of a page. Its heading takes focus when the page is reached from another one. */
export function PageHeader(props: {
  readonly title: string;
  readonly trail?: readonly BreadcrumbItem[];
  readonly badge?: ReactNode;
  readonly subtitle?: ReactNode;
  readonly actions?: ReactNode;
  readonly takeFocus: boolean;
}): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null);
  const { takeFocus, title } = props;
  useEffect(() => {
    if (takeFocus) heading.current?.focus();
  }, [takeFocus]);
  useEffect(() => {
    document.title = `${title} · Agreements`;
  }, [title]);
  return (
    <header className="page-header">
      {props.trail !== undefined && <Breadcrumbs items={[...props.trail, { label: title }]} />}
      <div className="page-header__row">
        <div className="page-header__text">
          <div className="page-header__title">
            <h1 ref={heading} tabIndex={-1}>
              {title}
            </h1>
            {props.badge}
          </div>
          {props.subtitle !== undefined && <p className="page-header__subtitle">{props.subtitle}</p>}
        </div>
        {props.actions !== undefined && <div className="page-header__actions">{props.actions}</div>}
      </div>
    </header>
  );
}
