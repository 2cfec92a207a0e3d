import Link from "next/link";
import type { ReactElement } from "react";

/** For what is not installed, or is nobody's page. */
export default function NotFound(): ReactElement {
  return (
    <main className="page">
      <h1>There is nothing here</h1>
      <p>The extension is not installed for you, or is switched off.</p>
      <Link href="/">Go home</Link>
    </main>
  );
}
