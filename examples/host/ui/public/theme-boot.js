// Runs before the first paint, so that a page in the chosen theme never flashes in the other one.
try {
  const mode = localStorage.getItem("acme-theme");
  if (mode === "light" || mode === "dark") document.documentElement.dataset.theme = mode;
} catch {
  // Storage is blocked: the system's preference applies.
}
