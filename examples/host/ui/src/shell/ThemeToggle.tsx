import { Button, useTheme } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { Icon } from "../Icon.tsx";
import { themeStore } from "./themeStore.ts";

/** Switches between light and dark, and remembers it. */
export function ThemeToggle(): ReactElement {
  const { resolvedMode, setMode } = useTheme({ store: themeStore });
  const next = resolvedMode === "dark" ? "light" : "dark";
  return (
    <Button
      variant="ghost"
      size="icon"
      aria-label={`Use ${next} theme`}
      title={`Use ${next} theme`}
      onClick={() => setMode(next)}
    >
      <Icon name={next === "dark" ? "moon" : "sun"} />
    </Button>
  );
}
