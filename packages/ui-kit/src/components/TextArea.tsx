import {
  forwardRef,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  type ComponentPropsWithoutRef,
  type ReactNode,
} from "react";
import { classNames } from "../internal/classNames.ts";
import { Field } from "../internal/Field.tsx";

/** Props of {@link TextArea}. */
export interface TextAreaProps extends ComponentPropsWithoutRef<"textarea"> {
  readonly label?: ReactNode;
  /** Grow with the text instead of scrolling. @default false */
  readonly autoResize?: boolean;
  readonly error?: boolean | string;
  readonly errorMessage?: ReactNode;
}

/** A text field of several lines. */
export const TextArea = forwardRef<HTMLTextAreaElement, TextAreaProps>(function TextArea(
  { label, autoResize = false, error, errorMessage, className, id, "aria-describedby": describedBy, ...rest },
  ref,
) {
  const area = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => area.current as HTMLTextAreaElement, []);
  useLayoutEffect(() => {
    if (autoResize && area.current !== null) fit(area.current);
  }, [autoResize, rest.value]);
  return (
    <Field id={id} error={error} errorMessage={errorMessage} describedBy={describedBy} label={label}>
      {(control) => (
        <textarea
          rows={3}
          {...rest}
          {...control}
          ref={area}
          className={classNames("alga-input", className)}
          onInput={(event) => {
            if (autoResize) fit(event.currentTarget);
            rest.onInput?.(event);
          }}
        />
      )}
    </Field>
  );
});

function fit(area: HTMLTextAreaElement): void {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}
