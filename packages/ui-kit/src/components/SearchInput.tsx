import {
  forwardRef,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
  type ComponentPropsWithoutRef,
} from "react";
import { classNames } from "../internal/classNames.ts";
import { Icon } from "../internal/Icon.tsx";
import { Spinner } from "./Spinner.tsx";

/** Props of {@link SearchInput}. */
export interface SearchInputProps extends Omit<ComponentPropsWithoutRef<"input">, "type" | "size"> {
  /** Called with the text, `debounceMs` after the last change, at once on Enter and on clearing. */
  readonly onSearch?: (value: string) => void;
  /** @default 0 */
  readonly debounceMs?: number;
  /** @default true */
  readonly showClear?: boolean;
  /** @default false */
  readonly loading?: boolean;
  /** @default "md" */
  readonly size?: "sm" | "md" | "lg";
}

/** A search field with a clear button; Escape clears it too. Without an `aria-label` it is named by its placeholder. */
export const SearchInput = forwardRef<HTMLInputElement, SearchInputProps>(function SearchInput(
  {
    onSearch,
    debounceMs = 0,
    showClear = true,
    loading = false,
    size = "md",
    placeholder = "Search...",
    value,
    defaultValue,
    onChange,
    onKeyDown,
    className,
    style,
    ...rest
  },
  ref,
) {
  const input = useRef<HTMLInputElement>(null);
  useImperativeHandle(ref, () => input.current as HTMLInputElement, []);
  const [own, setOwn] = useState(String(defaultValue ?? ""));
  const text = value === undefined ? own : String(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const search = (next: string, waitMs: number): void => {
    clearTimeout(timer.current);
    if (waitMs > 0) timer.current = setTimeout(() => onSearch?.(next), waitMs);
    else onSearch?.(next);
  };
  const clear = (): void => {
    const element = input.current;
    if (element === null) return;
    // Through the native setter, so that React sees a change event and a controlled parent hears of it.
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(element, "");
    element.dispatchEvent(new Event("input", { bubbles: true }));
    search("", 0);
    element.focus();
  };

  return (
    <div className={classNames("alga-search", `alga-search--${size}`, className)} style={style}>
      <Icon name="search" />
      <input
        aria-label={rest.id === undefined ? placeholder : undefined}
        {...rest}
        ref={input}
        type="search"
        className="alga-input alga-search__input"
        placeholder={placeholder}
        value={text}
        onChange={(event) => {
          setOwn(event.currentTarget.value);
          onChange?.(event);
          search(event.currentTarget.value, debounceMs);
        }}
        onKeyDown={(event) => {
          onKeyDown?.(event);
          if (event.key === "Enter") search(text, 0);
          if (event.key === "Escape" && text !== "") {
            event.preventDefault();
            clear();
          }
        }}
      />
      <span className="alga-search__end">
        {loading && <Spinner size="button" />}
        {showClear && text !== "" && (
          <button type="button" className="alga-search__clear" aria-label="Clear search" onClick={clear}>
            <Icon name="close" />
          </button>
        )}
      </span>
    </div>
  );
});
