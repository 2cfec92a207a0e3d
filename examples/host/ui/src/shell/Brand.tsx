import type { ReactElement } from "react";

/** The mark and name of the product. */
export function Brand(): ReactElement {
  return (
    <span className="acme-brand">
      <svg className="acme-brand__mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="9" />
        <path d="M9 22.5L16 9l7 13.5M12 18h8" />
      </svg>
      Acme PSA
    </span>
  );
}
