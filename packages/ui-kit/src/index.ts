/**
 * Accessible React components that a host themes through 31 CSS variables.
 *
 * Import from `@alga-ext/ui-kit`; add `@alga-ext/ui-kit/styles.css` and, where no host sets the variables,
 * `@alga-ext/ui-kit/theme.css`.
 * @module
 */
export { Alert, AlertDescription, AlertTitle, type AlertProps } from "./components/Alert.tsx";
export { Badge, type BadgeProps } from "./components/Badge.tsx";
export { Breadcrumbs, type BreadcrumbItem, type BreadcrumbsProps } from "./components/Breadcrumbs.tsx";
export { Button, type ButtonProps } from "./components/Button.tsx";
export { Card } from "./components/Card.tsx";
export { Checkbox, type CheckboxProps } from "./components/Checkbox.tsx";
export { ConfirmDialog, type ConfirmDialogProps } from "./components/ConfirmDialog.tsx";
export { CustomSelect, type CustomSelectProps, type SelectOption } from "./components/CustomSelect.tsx";
export type { Column } from "./internal/column.ts";
export { DataTable, type DataTableProps } from "./components/DataTable.tsx";
export { Dialog, type DialogProps } from "./components/Dialog.tsx";
export { DropdownMenu, type DropdownMenuItem, type DropdownMenuProps } from "./components/DropdownMenu.tsx";
export { Input, type InputProps } from "./components/Input.tsx";
export { Label, type LabelProps } from "./components/Label.tsx";
export { LoadingIndicator, type LoadingIndicatorProps } from "./components/LoadingIndicator.tsx";
export { SearchInput, type SearchInputProps } from "./components/SearchInput.tsx";
export { Separator, type SeparatorProps } from "./components/Separator.tsx";
export {
  Skeleton,
  SkeletonCircle,
  SkeletonRectangle,
  SkeletonText,
  type SkeletonProps,
} from "./components/Skeleton.tsx";
export { Spinner, type SpinnerProps } from "./components/Spinner.tsx";
export { Stack, type StackProps } from "./components/Stack.tsx";
export { Switch, type SwitchProps } from "./components/Switch.tsx";
export { Tabs, type TabItem, type TabsProps } from "./components/Tabs.tsx";
export { Text, type TextProps } from "./components/Text.tsx";
export { TextArea, type TextAreaProps } from "./components/TextArea.tsx";
export { Tooltip, type TooltipProps } from "./components/Tooltip.tsx";
export { UI_KIT_STATUS, UiKitError, type UiKitErrorCode } from "./errors.ts";
export type { ThemeStore } from "./ports.ts";
export { applyThemeVars, modeOfColor } from "./theme/applyThemeVars.ts";
export {
  TOKEN_NAMES,
  darkTokens,
  lightTokens,
  tokens,
  type ThemeMode,
  type TokenMap,
  type TokenName,
  type TokenVariable,
  type Tokens,
} from "./theme/tokens.ts";
export { THEME_CHANGE_EVENT, useTheme, type ThemeControl, type UseThemeOptions } from "./theme/useTheme.ts";
