import "@alga-ext/ui-kit/theme.css";
import "@alga-ext/ui-kit/styles.css";
import "./app.css";
import { ExtensionProvider } from "@alga-ext/sdk/ui/react";
import { LoadingIndicator } from "@alga-ext/ui-kit";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { ErrorPanel } from "./ErrorPanel.tsx";

const root = document.getElementById("root");
if (root === null) throw new TypeError("index.html has no #root element.");

createRoot(root).render(
  <StrictMode>
    <ExtensionProvider
      loading={<LoadingIndicator className="page-loading" layout="stacked" size="sm" text="Connecting…" />}
      renderError={(error, retry) => (
        <main className="page">
          <ErrorPanel error={error} onRetry={retry} />
        </main>
      )}
    >
      <App />
    </ExtensionProvider>
  </StrictMode>,
);
