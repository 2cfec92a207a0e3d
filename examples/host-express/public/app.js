/** The page: a menu of what is installed, and the frame of what is chosen. The address' hash says which. */
import { buildExtUiSrc } from "@alga-ext/iframe-bridge";
import { createHostBridge, readThemeTokens } from "@alga-ext/iframe-bridge/host";

const { tenant: tenantId, frames: publicBase } = document.body.dataset;
const menu = document.getElementById("menu");
const main = document.getElementById("main");
const root = document.documentElement;
let bridge;

const { installs } = await (await fetch("/api/extensions/installs")).json();
const shown = installs.filter((install) => install.enabled && install.hasUi);

/** Tell instead of showing an empty page. */
function say(text, role = "status") {
  const line = document.createElement("p");
  line.setAttribute("role", role);
  line.textContent = text;
  main.replaceChildren(line);
}

/** Put a fresh frame in place, with a bridge of its own. */
function open(install) {
  const iframe = document.createElement("iframe");
  iframe.title = install.displayName;
  iframe.sandbox = "allow-scripts allow-forms";
  iframe.referrerPolicy = "no-referrer";
  main.replaceChildren(iframe);
  bridge = createHostBridge({
    iframe,
    extensionId: install.registryId,
    themeTokens: readThemeTokens(root),
    onClose: (reason) => reason !== "closed_by_host" && say(`${install.displayName} stopped.`, "alert"),
  });
  iframe.src = buildExtUiSrc(install.registryId, install.contentHash, "/", { publicBase, tenantId });
}

function show() {
  bridge?.close();
  bridge = undefined;
  const chosen = shown.find(({ registryId }) => `#${registryId}` === location.hash) ?? shown[0];
  for (const link of menu.children) {
    const isChosen = chosen !== undefined && link.hash === `#${chosen.registryId}`;
    link.toggleAttribute("aria-current", false);
    if (isChosen) link.setAttribute("aria-current", "page");
  }
  if (chosen === undefined) say(`Nothing is installed for ${tenantId}.`);
  else open(chosen);
}

menu.replaceChildren(
  ...shown.map((install) => {
    const link = document.createElement("a");
    link.href = `#${install.registryId}`;
    link.textContent = install.menuLabel ?? install.displayName;
    return link;
  }),
);
addEventListener("hashchange", show);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  bridge?.setTheme(readThemeTokens(root)),
);
show();
