import { Tabs as BaseTabs } from "@base-ui/react/tabs";
import type { CSSProperties, ReactElement, ReactNode } from "react";
import { classNames } from "../internal/classNames.ts";

/** One tab and its panel. */
export interface TabItem {
  readonly key: string;
  readonly label: ReactNode;
  readonly content: ReactNode;
  readonly disabled?: boolean;
}

/** Props of {@link Tabs}. */
export interface TabsProps {
  readonly tabs: readonly TabItem[];
  readonly activeKey?: string;
  /** Alias of `activeKey`, as older documentation has it. */
  readonly activeTab?: string;
  /** @default the first tab */
  readonly defaultActiveKey?: string;
  readonly onChange?: (key: string) => void;
  /** @default "default" */
  readonly variant?: "default" | "pills";
  readonly className?: string;
  readonly style?: CSSProperties;
  /** Name of the tab list. */
  readonly "aria-label"?: string;
}

/** Panels of which one is shown: arrows move between tabs, Tab goes on into the panel. */
export function Tabs({
  tabs,
  activeTab,
  activeKey = activeTab,
  defaultActiveKey = tabs[0]?.key,
  onChange,
  variant = "default",
  className,
  style,
  "aria-label": ariaLabel,
}: TabsProps): ReactElement {
  return (
    <BaseTabs.Root
      className={classNames("alga-tabs", `alga-tabs--${variant}`, className)}
      {...(style === undefined ? {} : { style })}
      {...(activeKey === undefined ? { defaultValue: defaultActiveKey ?? null } : { value: activeKey })}
      onValueChange={(key) => onChange?.(String(key))}
    >
      <BaseTabs.List
        className="alga-tabs__list"
        activateOnFocus
        {...(ariaLabel ? { "aria-label": ariaLabel } : {})}
      >
        {tabs.map((tab) => (
          <BaseTabs.Tab
            key={tab.key}
            value={tab.key}
            disabled={tab.disabled ?? false}
            className="alga-tabs__tab"
          >
            {tab.label}
          </BaseTabs.Tab>
        ))}
      </BaseTabs.List>
      {tabs.map((tab) => (
        <BaseTabs.Panel key={tab.key} value={tab.key} className="alga-tabs__panel">
          {tab.content}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  );
}
