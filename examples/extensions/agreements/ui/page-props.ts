/** What every page gets from the app. */
export interface PageProps {
  /** Move to another page, optionally with a notice shown there. */
  readonly go: (path: string, options?: { readonly notice?: string; readonly replace?: boolean }) => void;
  /** True once the visitor has moved: the page's heading then takes focus. */
  readonly takeFocus: boolean;
  /** What was just done, to be shown and spoken. */
  readonly notice: string | null;
}
