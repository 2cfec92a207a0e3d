import "@alga-ext/ui-kit/theme.css";
import "@alga-ext/ui-kit/styles.css";
import { ExtensionProvider } from "@alga-ext/sdk/ui/react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";

createRoot(document.getElementById("root")!).render(
  <ExtensionProvider>
    <App />
  </ExtensionProvider>,
);
