import type { CSSProperties, ReactElement } from "react";
import { classNames } from "../internal/classNames.ts";

/** Props of {@link Skeleton}. */
export interface SkeletonProps {
  readonly width?: number | string;
  readonly height?: number | string;
  readonly borderRadius?: number | string;
  /** @default "text" */
  readonly variant?: "text" | "circular" | "rectangular";
  /** Stops for people who asked for less motion. @default "pulse" */
  readonly animation?: "pulse" | "wave" | "none";
  /** How many bars, the last one shorter. @default 1 */
  readonly lines?: number;
  readonly className?: string;
  readonly style?: CSSProperties;
}

/** A grey shape in place of content that is on its way; hidden from assistive technology. */
export function Skeleton({
  width,
  height,
  borderRadius,
  variant = "text",
  animation = "pulse",
  lines = 1,
  className,
  style,
}: SkeletonProps): ReactElement {
  const look = classNames(
    "alga-skeleton",
    `alga-skeleton--${variant}`,
    `alga-skeleton--${animation}`,
    className,
  );
  const size = definedOnly({ width, height, borderRadius });
  if (lines <= 1) return <span aria-hidden="true" className={look} style={{ ...size, ...style }} />;
  return (
    <span aria-hidden="true" className="alga-skeleton__lines" style={style}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className={look} style={size} />
      ))}
    </span>
  );
}

function definedOnly(style: { [K in keyof CSSProperties]?: CSSProperties[K] | undefined }): CSSProperties {
  return Object.fromEntries(Object.entries(style).filter(([, value]) => value !== undefined));
}

/** Several bars, as a paragraph would take. */
export function SkeletonText({ lines = 3, ...rest }: Omit<SkeletonProps, "variant">): ReactElement {
  return <Skeleton {...rest} lines={lines} variant="text" />;
}

/** A round shape, as an avatar would take. */
export function SkeletonCircle({
  width = 40,
  height = width,
  ...rest
}: Omit<SkeletonProps, "variant">): ReactElement {
  return <Skeleton {...rest} width={width} height={height} variant="circular" />;
}

/** A box, as an image or a card would take. */
export function SkeletonRectangle({ height = 120, ...rest }: Omit<SkeletonProps, "variant">): ReactElement {
  return <Skeleton {...rest} height={height} variant="rectangular" />;
}
