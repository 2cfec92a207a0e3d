import "@alga-ext/ui-kit/theme.css";
import "@alga-ext/ui-kit/styles.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/pages.css";
import "./styles/admin.css";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";

const root = document.getElementById("root");
if (root === null) throw new TypeError("index.html has no #root");
createRoot(root).render(<App />);
