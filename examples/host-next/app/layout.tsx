import "@alga-ext/ui-kit/theme.css";
import "./app.css";
import type { Metadata } from "next";
import type { ReactElement, ReactNode } from "react";

export const metadata: Metadata = { title: { default: "Acme PSA", template: "%s – Acme PSA" } };

/** Every page. */
export default function RootLayout({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
