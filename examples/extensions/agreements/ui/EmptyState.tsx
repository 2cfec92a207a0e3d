import type { ReactElement, ReactNode } from "react";

/** A friendly nothing, with what to do next. */
export function EmptyState(props: {
  readonly title: string;
  readonly text: string;
  readonly action?: ReactNode;
}): ReactElement {
  return (
    <div className="empty">
      <svg className="empty__art" viewBox="0 0 120 96" aria-hidden="true" focusable="false">
        <rect className="empty__sheet empty__sheet--back" x="38" y="8" width="56" height="72" rx="8" />
        <rect className="empty__sheet" x="26" y="16" width="56" height="72" rx="8" />
        <path className="empty__line" d="M38 34h32M38 44h32M38 54h20" />
        <path className="empty__sign" d="M38 73c6-8 9-8 10-3s4 4 7 0 6-3 11 0" />
      </svg>
      <h2 className="empty__title">{props.title}</h2>
      <p className="empty__text">{props.text}</p>
      {props.action}
    </div>
  );
}
