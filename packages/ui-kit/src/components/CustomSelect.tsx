import { forwardRef, type ComponentPropsWithoutRef, type ReactNode } from "react";
import { classNames } from "../internal/classNames.ts";
import { Field } from "../internal/Field.tsx";
import { Icon } from "../internal/Icon.tsx";

/** One choice of a {@link CustomSelect}. */
export interface SelectOption {
  readonly value: string;
  readonly label: string;
  readonly disabled?: boolean;
}

/** Props of {@link CustomSelect}. */
export interface CustomSelectProps extends Omit<
  ComponentPropsWithoutRef<"select">,
  "value" | "defaultValue" | "onChange" | "multiple" | "size"
> {
  readonly options: readonly SelectOption[];
  /** The chosen value; null or undefined shows the placeholder. */
  readonly value?: string | null;
  readonly onValueChange?: (value: string) => void;
  /** Alias of `onValueChange`, as older documentation has it. */
  readonly onChange?: (value: string) => void;
  /** @default "Select..." */
  readonly placeholder?: string;
  readonly error?: boolean | string;
  readonly errorMessage?: ReactNode;
  readonly label?: ReactNode;
}

/**
 * A single choice. It is a native `select`: its list opens outside of a small frame, follows the platform's
 * keyboard and touch habits and needs no script to be accessible.
 */
export const CustomSelect = forwardRef<HTMLSelectElement, CustomSelectProps>(function CustomSelect(
  { options, value, onValueChange, onChange, placeholder = "Select...", error, errorMessage, label, ...rest },
  ref,
) {
  const { className, id, "aria-describedby": describedBy, ...selectProps } = rest;
  const isEmpty = value === null || value === undefined || value === "";
  const hasEmptyOption = options.some((option) => option.value === "");
  return (
    <Field id={id} error={error} errorMessage={errorMessage} describedBy={describedBy} label={label}>
      {(control) => (
        <span className="alga-select">
          <select
            {...selectProps}
            {...control}
            ref={ref}
            value={value ?? ""}
            className={classNames("alga-input alga-select__control", className)}
            data-placeholder={(isEmpty && !hasEmptyOption) || undefined}
            onChange={(event) => {
              onValueChange?.(event.currentTarget.value);
              onChange?.(event.currentTarget.value);
            }}
          >
            {!hasEmptyOption && (
              <option value="" disabled hidden>
                {placeholder}
              </option>
            )}
            {options.map((option) => (
              <option key={option.value} value={option.value} disabled={option.disabled}>
                {option.label}
              </option>
            ))}
          </select>
          <Icon name="chevronDown" />
        </span>
      )}
    </Field>
  );
});
